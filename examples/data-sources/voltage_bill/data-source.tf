variable "bill_id" {
  type = string
}

data "voltage_bill" "august" {
  id = var.bill_id
}

output "due" {
  description = "The amount that is due, in base units, and who owes it. Collection means that the customer owes it."
  value       = "${data.voltage_bill.august.amount_due.amount} ${data.voltage_bill.august.amount_due.unit}, ${data.voltage_bill.august.settlement_type}"
}

output "pay_with" {
  description = "The invoice that pays the bill. Null if the bill is not paid over Lightning."
  value       = data.voltage_bill.august.payment_request
}
