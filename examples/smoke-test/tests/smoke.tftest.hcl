run "environment_works" {
  assert {
    condition     = data.voltage_payment.paid.status == "completed" && data.voltage_payment.back.status == "completed"
    error_message = "There it ended as ${data.voltage_payment.paid.status}, and back as ${data.voltage_payment.back.status}."
  }

  assert {
    condition     = data.voltage_payment_summary.payer.total_count == 1
    error_message = "The payer has ${data.voltage_payment_summary.payer.total_count} completed payments."
  }

  assert {
    condition     = [for delivery in data.voltage_webhook_deliveries.test.deliveries : delivery.status] == ["succeeded"]
    error_message = "The webhook's test did not arrive, or did not arrive once."
  }
}
