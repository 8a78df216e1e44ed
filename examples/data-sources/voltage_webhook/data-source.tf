data "voltage_webhook" "orders" {
  name = "orders-staging"
}

check "deliveries" {
  assert {
    condition     = data.voltage_webhook.orders.enabled
    error_message = "The webhook ${data.voltage_webhook.orders.id} is stopped."
  }
}
