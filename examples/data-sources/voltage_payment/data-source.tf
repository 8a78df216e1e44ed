variable "payment_id" {
  type = string
}

data "voltage_payment" "order" {
  id       = var.payment_id
  wait_for = "ready"

  timeouts = {
    read = "1m"
  }

  lifecycle {
    postcondition {
      condition     = contains(["receiving", "completed"], self.status)
      error_message = "The order cannot be paid: the status of its payment is ${self.status}."
    }
  }
}

output "status" {
  value = data.voltage_payment.order.status
}
