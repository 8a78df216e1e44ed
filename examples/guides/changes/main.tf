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
  name              = "orders-staging" # a change renames the wallet in place
  network           = "mutinynet"
  line_of_credit_id = data.voltage_line_of_credit.staging.id
  limit             = 100000000 # msats: 100,000 sats; a change forces a new wallet

  lifecycle {
    prevent_destroy = true # a plan that would replace or destroy the wallet is an error
  }
}
