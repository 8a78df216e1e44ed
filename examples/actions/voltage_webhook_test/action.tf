data "voltage_webhook" "orders" {
  name = "orders-staging"
}

action "voltage_webhook_test" "orders" {
  config {
    webhook_id = data.voltage_webhook.orders.id
    detail     = jsonencode({ event = "created", data = "Release 42 is out." })

    timeouts = {
      invoke = "2m"
    }
  }
}

# Run it with terraform apply -invoke=action.voltage_webhook_test.orders, or let the resource that deploys the receiver trigger it.
# To deliver a payment, set type to "send" or "receive", and data to a complete payment, as the API returns it:
#   detail = jsonencode({ event = "completed", data = jsondecode(file("payment.json")) })
