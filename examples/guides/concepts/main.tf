terraform {
  required_providers {
    voltage = {
      source  = "voltagecloud/voltage"
      version = "~> 0.1"
    }
  }
}

data "voltage_line_of_credit" "staging" {
  network  = "mutinynet"
  currency = "btc"
}

resource "voltage_wallet" "orders" {
  name              = "orders"
  network           = data.voltage_line_of_credit.staging.network
  line_of_credit_id = data.voltage_line_of_credit.staging.id
  limit             = 20000000 # msats: 20,000 sats
}

data "voltage_wallet" "orders" {
  id = voltage_wallet.orders.id
}

output "line_of_credit" {
  description = "The limit of the line, and the part that is left for new wallets, in msats."

  value = {
    limit     = data.voltage_line_of_credit.staging.limit
    available = data.voltage_line_of_credit.staging.available_limit
  }
}

output "wallet" {
  description = "The balance of the wallet, which is negative if the wallet owes money, and the maximum that it can owe, in msats."

  value = {
    balance = data.voltage_wallet.orders.total_balance
    limit   = data.voltage_wallet.orders.limit
  }
}
