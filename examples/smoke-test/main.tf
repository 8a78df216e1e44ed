# Tests a staging environment from end to end: a test delivery arrives, a policy refuses a payment, a payment that a check has approved is
# sent, and the payments are counted. At the end of the test, the wallets are empty again.
#
#   terraform init && terraform test -var webhook_url=https://hooks.example/voltage

terraform {
  required_version = ">= 1.14" # for actions

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
  description = "The URL of the receiver to which the test delivery goes."
  type        = string
}

variable "amount_sats" {
  description = "The amount of the payment, in sats."
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

# The action voltage_webhook_test sends a delivery to this webhook (actions.tf).
resource "voltage_webhook" "test" {
  name = "smoke-test"
  url  = var.webhook_url
  events = {
    test = ["created"]
  }
}

# The payer may send at most this amount in one payment.
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
      error_message = "The status of the payment is ${self.status}."
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
      error_message = "The status of the payment back is ${self.status}."
    }
  }
}
