data "voltage_wallet" "orders" {
  name = "orders-staging"
}

data "voltage_wallet_policies" "orders" {
  wallet_id = data.voltage_wallet.orders.id
}

output "largest_payment_sats" {
  value = data.voltage_wallet_policies.orders.max_payment_size_sats # null: no limit
}
