variable "payment_id" {
  type = string
}

data "voltage_payment_history" "order" {
  payment_id = var.payment_id
}

output "steps" {
  value = data.voltage_payment_history.order.events[*].event_type
}
