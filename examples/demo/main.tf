terraform {
  required_providers {
    voltage = {
      source  = "voltagecloud/voltage"
      version = "~> 0.1"
    }
  }
}

provider "voltage" {
  allowed_networks = ["mutinynet", "testnet3"] # test money only
}

# The line of credit of the environment. Voltage creates it; the provider reads it.
data "voltage_line_of_credit" "staging" {
  network  = "mutinynet"
  currency = "btc"
}

resource "voltage_wallet" "orders" {
  name              = "orders-staging"
  network           = data.voltage_line_of_credit.staging.network
  line_of_credit_id = data.voltage_line_of_credit.staging.id
  limit             = 100000000 # msats: 100,000 sats

  metadata = {
    team = "payments"
  }
}

data "voltage_wallet" "orders" {
  id = voltage_wallet.orders.id
}

output "wallet_id" {
  value = voltage_wallet.orders.id
}

output "balance" {
  description = "The amount that the wallet can spend."
  value       = "${data.voltage_wallet.orders.available_balance} msats"
}
