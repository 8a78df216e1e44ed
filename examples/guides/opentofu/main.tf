terraform {
  required_version = ">= 1.8" # of Terraform, and of OpenTofu

  required_providers {
    voltage = {
      source  = "voltagecloud/voltage" # each program uses its own registry
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
  name              = "orders-staging"
  network           = data.voltage_line_of_credit.staging.network
  line_of_credit_id = data.voltage_line_of_credit.staging.id
  limit             = provider::voltage::sats_to_msats(100000)
}
