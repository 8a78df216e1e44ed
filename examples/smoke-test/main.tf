# Proves that a staging environment works from end to end: a webhook that arrives, a policy that refuses, an approved check that is sent,
# and the counts of payments afterwards. The wallets are empty again when the test ends.
#
#   terraform init && terraform test -var webhook_url=https://hooks.example/voltage

terraform {
  required_version = ">= 1.14" # actions

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

variable "webhook_url" {
  description = "The URL of the receiver whose deliveries are tested."
  type        = string
}

variable "amount_sats" {
  description = "The amount of the payment."
  type        = number
  default     = 21
}

locals {
  amount = {
    amount   = provider::voltage::sats_to_msats(var.amount_sats)
    currency = "btc"
  }
  too_much = {
    amount   = provider::voltage::sats_to_msats(var.amount_sats + 1)
    currency = "btc"
  }
}

data "voltage_line_of_credit" "staging" {
  network  = "mutinynet"
  currency = "btc"
}

resource "voltage_wallet" "test" {
  for_each = toset(["payer", "payee"])

  name              = "smoke-test-${each.key}"
  network           = data.voltage_line_of_credit.staging.network
  line_of_credit_id = data.voltage_line_of_credit.staging.id
  limit             = provider::voltage::sats_to_msats(10000)
}

# The webhook, and a delivery that the receiver has to take (actions.tf).
resource "voltage_webhook" "test" {
  name = "smoke-test"
  url  = var.webhook_url
  events = {
    test = ["created"]
  }
}

# The payer may pay the amount, and no satoshi more.
resource "voltage_wallet_policies" "payer" {
  wallet_id             = voltage_wallet.test["payer"].id
  max_payment_size_sats = var.amount_sats
}

resource "voltage_payment_request" "allowed" {
  wallet_id = voltage_wallet.test["payee"].id
  kind      = "bolt11"
  amount    = local.amount
}

resource "voltage_payment_request" "too_much" {
  wallet_id = voltage_wallet.test["payee"].id
  kind      = "bolt11"
  amount    = local.too_much
}

data "voltage_payment" "paid" {
  id         = voltage_payment_request.allowed.id
  wait_for   = "final"
  depends_on = [terraform_data.smoke_test]

  lifecycle {
    postcondition {
      condition     = self.status == "completed"
      error_message = "The payment is ${self.status}."
    }
  }
}

data "voltage_payment_summary" "payer" {
  wallet_id  = voltage_wallet.test["payer"].id
  statuses   = ["completed"]
  depends_on = [data.voltage_payment.paid]
}

data "voltage_webhook_deliveries" "test" {
  webhook_id = voltage_webhook.test.id
  depends_on = [data.voltage_payment.paid]
}

# The amount goes back, so that both wallets can be destroyed.
resource "voltage_payment_request" "back" {
  wallet_id  = voltage_wallet.test["payer"].id
  kind       = "bolt11"
  amount     = local.amount
  depends_on = [data.voltage_payment_summary.payer]
}

data "voltage_payment" "back" {
  id         = voltage_payment_request.back.id
  wait_for   = "final"
  depends_on = [terraform_data.send_back]

  lifecycle {
    postcondition {
      condition     = self.status == "completed"
      error_message = "The payment back is ${self.status}."
    }
  }
}
