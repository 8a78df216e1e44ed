data "voltage_webhook" "orders" {
  name = "orders-staging"
}

data "voltage_webhook_delivery_summary" "failed" {
  webhook_id = data.voltage_webhook.orders.id
  statuses   = ["failed"]
}

# If the check fails, Terraform shows a warning and continues.
check "deliveries" {
  assert {
    condition     = data.voltage_webhook_delivery_summary.failed.total_count == 0
    error_message = "${data.voltage_webhook_delivery_summary.failed.total_count} deliveries have failed."
  }
}
