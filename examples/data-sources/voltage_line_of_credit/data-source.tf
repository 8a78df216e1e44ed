data "voltage_line_of_credit" "staging" {
  network  = "mutinynet"
  currency = "btc"
}

output "left_for_wallets" {
  description = "The limit that is left for new wallets, in msats."
  value       = data.voltage_line_of_credit.staging.available_limit
}
