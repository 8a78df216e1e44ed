data "voltage_line_of_credit" "staging" {
  network  = "mutinynet"
  currency = "btc"
}

output "left_for_wallets" {
  description = "What is left of the line for new wallets, in msats."
  value       = data.voltage_line_of_credit.staging.available_limit
}
