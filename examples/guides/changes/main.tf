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
  name              = "orders-staging" # renames in place
  network           = "mutinynet"
  line_of_credit_id = data.voltage_line_of_credit.staging.id
  limit             = 100000000 # would replace the wallet

  lifecycle {
    prevent_destroy = true # and so a plan that replaces it fails
  }
}
