data "voltage_wallets" "payments" {
  network    = "mutinynet"
  name_regex = "-staging$"
  metadata = {
    team = "payments"
  }
}

output "balances" {
  description = "What each wallet can spend, by its name, in base units."
  value       = { for wallet in data.voltage_wallets.payments.wallets : wallet.name => wallet.available_balance }
}
