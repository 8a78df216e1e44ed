data "voltage_wallet" "orders" {
  name = "orders-staging"
}

output "orders_balance" {
  description = "The amount that the wallet can spend, in msats."
  value       = data.voltage_wallet.orders.available_balance
}
