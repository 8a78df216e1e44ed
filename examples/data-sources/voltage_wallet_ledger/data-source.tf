data "voltage_wallet" "orders" {
  name = "orders-staging"
}

data "voltage_wallet_ledger" "newest" {
  wallet_id   = data.voltage_wallet.orders.id
  sort_order  = "DESC"
  max_results = 20
}

output "movements" {
  value = [for event in data.voltage_wallet_ledger.newest.events : "${event.effective_time} ${event.type}"]
}
