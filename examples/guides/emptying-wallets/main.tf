terraform {
  required_providers {
    voltage = {
      source  = "voltagecloud/voltage"
      version = "~> 0.1"
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
  name              = "orders"
  network           = "mutinynet"
  line_of_credit_id = data.voltage_line_of_credit.staging.id
  limit             = 20000000 # msats: 20,000 sats
}

resource "voltage_wallet" "archive" {
  name              = "archive"
  network           = "mutinynet"
  line_of_credit_id = data.voltage_line_of_credit.staging.id
  limit             = 0 # no credit: the wallet sends only money that it has received
}
