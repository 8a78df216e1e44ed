data "voltage_wallet" "orders" {
  name = "orders-staging"
}

data "voltage_payments" "completed" {
  wallet_id  = data.voltage_wallet.orders.id
  direction  = "receive"
  statuses   = ["completed"]
  start_date = "2026-09-01T00:00:00Z"
}

output "received" {
  description = "The amount that the wallet has received since 1 September 2026, in msats."
  value       = sum(concat([0], data.voltage_payments.completed.payments[*].amount.amount))
}
