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
  name              = "orders-staging"
  network           = "mutinynet"
  line_of_credit_id = data.voltage_line_of_credit.staging.id
  limit             = 1000000 # msats

  metadata = {
    team = "payments"
  }

  lifecycle {
    prevent_destroy = true
  }
}

import {
  to = voltage_wallet.orders
  id = "7f9c3d2e-5b1a-4c8d-9e0f-1a2b3c4d5e6f" # WALLET_ID, or ORGANIZATION_ID/WALLET_ID
}
