variable "delivery_id" {
  type = string
}

data "voltage_webhook" "orders" {
  name = "orders-staging"
}

action "voltage_webhook_delivery_retry" "order" {
  config {
    webhook_id  = data.voltage_webhook.orders.id
    delivery_id = var.delivery_id
  }
}

# After you have fixed the receiver, run terraform apply -invoke=action.voltage_webhook_delivery_retry.order.
