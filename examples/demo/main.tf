# A staging wallet, and its balance in an output. `make demo` applies this against the emulator; with VOLTAGE_ variables of
# a real staging environment in place of the emulator's it does the same there.

terraform {
  required_providers {
    voltage = {
      source = "voltagecloud/voltage"
    }
  }
}

provider "voltage" {
  allowed_networks = ["mutinynet", "testnet3"]
}

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
  description = "What the wallet can spend. Amounts of btc are counted in millisatoshis."
  value       = "${data.voltage_wallet.orders.available_balance} msats"
}
