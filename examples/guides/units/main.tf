terraform {
  required_providers {
    voltage = {
      source  = "voltagecloud/voltage"
      version = "~> 0.1"
    }
  }
}

variable "price_sats" {
  type    = number
  default = 21000
}

locals {
  price_msats = provider::voltage::sats_to_msats(var.price_sats)
}

data "voltage_wallet" "orders" {
  name = "orders-staging"
}

# A Lightning amount can be any number of msats: here, 21,000.5 sats.
resource "voltage_payment_request" "lightning" {
  wallet_id = data.voltage_wallet.orders.id
  kind      = "bolt11"
  amount    = { amount = local.price_msats + 500, currency = "btc" }
}

# An on-chain amount is a whole number of satoshis: a multiple of 1,000 msats.
resource "voltage_payment_request" "onchain" {
  wallet_id = data.voltage_wallet.orders.id
  kind      = "onchain"
  amount    = { amount = local.price_msats, currency = "btc" }
}

output "price_msats" {
  value = local.price_msats # 21,000,000
}

output "asked_sats" {
  value = provider::voltage::msats_to_sats(voltage_payment_request.lightning.amount.amount) # 21,000.5
}

output "asked_msats" {
  description = "The amount that the invoice asks for, in msats."
  value       = provider::voltage::parse_bolt11(voltage_payment_request.lightning.payment_request).amount_msats
}

output "limit_msats" {
  value = provider::voltage::btc_to_msats(0.001) # 100,000,000
}
