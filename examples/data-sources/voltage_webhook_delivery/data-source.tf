variable "delivery_id" {
  type = string
}

data "voltage_webhook" "orders" {
  name = "orders-staging"
}

data "voltage_webhook_delivery" "release" {
  id         = var.delivery_id
  webhook_id = data.voltage_webhook.orders.id
  wait_for   = "final"

  lifecycle {
    postcondition {
      condition     = self.status == "succeeded"
      error_message = "The status of the delivery is ${self.status}: ${try(self.error.detail, "no reason given")}."
    }
  }
}

output "attempts" {
  value = data.voltage_webhook_delivery.release.attempt_count
}
