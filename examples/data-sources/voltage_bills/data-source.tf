data "voltage_line_of_credit" "staging" {
  network  = "mutinynet"
  currency = "btc"
}

data "voltage_bills" "open" {
  line_of_credit_id   = data.voltage_line_of_credit.staging.id
  statuses            = ["payment_due", "failed"]
  exclude_zero_amount = true
  sort_order          = "DESC"
  max_results         = 50
}

output "open_bills" {
  description = "The amount of each open bill, in msats, by its due date."
  value       = { for bill in data.voltage_bills.open.bills : bill.invoice.due_date => bill.amount_due.amount }
}
