variable "payment_id" {
  type = string
}

data "voltage_payment" "order" {
  id       = var.payment_id
  wait_for = "ready"

  timeouts = {
    read = "1m"
  }
}

output "status" {
  value = data.voltage_payment.order.status
}
