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

# It runs by terraform apply -invoke=action.voltage_webhook_delivery_retry.order, once the receiver is repaired.
