data "voltage_wallets" "payments" {
  network    = "mutinynet"
  name_regex = "-staging$"
  metadata = {
    team = "payments"
  }
}

output "balances" {
  description = "The amount that each wallet can spend, in base units, by the name of the wallet."
  value       = { for wallet in data.voltage_wallets.payments.wallets : wallet.name => wallet.available_balance }
}
