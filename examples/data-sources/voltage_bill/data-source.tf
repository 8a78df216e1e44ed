variable "bill_id" {
  type = string
}

data "voltage_bill" "august" {
  id = var.bill_id
}

output "due" {
  description = "What is due, in base units, and who owes it: Collection means the customer."
  value       = "${data.voltage_bill.august.amount_due.amount} ${data.voltage_bill.august.amount_due.unit}, ${data.voltage_bill.august.settlement_type}"
}

output "pay_with" {
  description = "The invoice to pay the bill with, unless it is paid otherwise."
  value       = data.voltage_bill.august.payment_request
}
