run "environment_works" {
  assert {
    condition     = data.voltage_payment.paid.status == "completed" && data.voltage_payment.back.status == "completed"
    error_message = "The payment is ${data.voltage_payment.paid.status}, and the payment back is ${data.voltage_payment.back.status}."
  }

  assert {
    condition     = data.voltage_payment_summary.payer.total_count == 1
    error_message = "The payer has ${data.voltage_payment_summary.payer.total_count} completed payments, not 1."
  }

  assert {
    condition     = [for delivery in data.voltage_webhook_deliveries.test.deliveries : delivery.status] == ["succeeded"]
    error_message = "The test delivery did not arrive, or there is more than one delivery."
  }
}
