# A complete staging environment: the limit of the sandbox line of credit, one wallet with its own policies for each entry of a map, a
# webhook, and the checkout settings. The VOLTAGE_ variables set the organization, the environment and the key.

terraform {
  required_providers {
    voltage = {
      source  = "voltagecloud/voltage"
      version = "~> 0.1"
    }
  }
}

provider "voltage" {
  allowed_networks = ["mutinynet", "testnet3"] # never real money
}

data "voltage_line_of_credit" "staging" {
  network  = "mutinynet"
  currency = "btc"
}

resource "voltage_sandbox_line_of_credit" "staging" {
  line_of_credit_id = data.voltage_line_of_credit.staging.id
  limit             = var.line_limit_msats
}

resource "voltage_wallet" "this" {
  for_each = var.wallets

  name              = each.key
  network           = voltage_sandbox_line_of_credit.staging.network
  line_of_credit_id = voltage_sandbox_line_of_credit.staging.line_of_credit_id # so that the limit is set before a wallet uses it
  limit             = each.value.limit_msats

  metadata = {
    team        = each.value.team
    environment = "staging"
  }
}

resource "voltage_wallet_policies" "this" {
  for_each = var.wallets

  wallet_id             = voltage_wallet.this[each.key].id
  max_payment_size_sats = each.value.max_payment_sats
}

resource "voltage_webhook" "payments" {
  name = "staging-payments"
  url  = var.webhook_url

  events = {
    receive = ["completed", "expired", "failed"]
    send    = ["succeeded", "failed"]
  }
}

resource "voltage_checkout_settings" "staging" {
  origin_policy   = "allowlist"
  allowed_origins = var.checkout_origins
}

# Balances change without Terraform. Each refresh reads them.
data "voltage_wallet" "this" {
  for_each = voltage_wallet.this

  id = each.value.id
}
