data "voltage_wallets" "all" {}

data "voltage_wallet" "orders" {
  id = voltage_wallet.orders.id
}

data "voltage_wallet_ledger" "orders" {
  wallet_id = voltage_wallet.orders.id
}
