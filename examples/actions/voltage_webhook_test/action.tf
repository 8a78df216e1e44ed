data "voltage_webhook" "orders" {
  name = "orders-staging"
}

action "voltage_webhook_test" "orders" {
  config {
    webhook_id = data.voltage_webhook.orders.id
    type       = "receive"
    detail     = jsonencode({ event = "completed", data = {} })
  }
}

# It runs by terraform apply -invoke=action.voltage_webhook_test.orders, or when the receiver is deployed and triggers it.
