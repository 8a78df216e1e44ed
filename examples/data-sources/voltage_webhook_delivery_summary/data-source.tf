data "voltage_webhook" "orders" {
  name = "orders-staging"
}

data "voltage_webhook_delivery_summary" "failed" {
  webhook_id = data.voltage_webhook.orders.id
  statuses   = ["failed"]
}

# A check warns and stops nothing.
check "deliveries" {
  assert {
    condition     = data.voltage_webhook_delivery_summary.failed.total_count == 0
    error_message = "${data.voltage_webhook_delivery_summary.failed.total_count} deliveries have failed."
  }
}
