variable "delivery_id" {
  type = string
}

data "voltage_webhook" "orders" {
  name = "orders-staging"
}

action "voltage_webhook_delivery_abandon" "order" {
  config {
    webhook_id  = data.voltage_webhook.orders.id
    delivery_id = var.delivery_id
  }
}

# If the receiver will never accept the delivery, run terraform apply -invoke=action.voltage_webhook_delivery_abandon.order.
