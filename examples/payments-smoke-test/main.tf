# Tests that a staging environment receives and sends payments. The first wallet pays an invoice of the second wallet. Then the second
# wallet sends the money back, so that both wallets are empty and can be destroyed.
#
#   terraform init && terraform test

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

variable "amount_sats" {
  description = "The amount of each of the two payments, in sats."
  type        = number
  default     = 21
}

locals {
  amount = {
    amount   = provider::voltage::sats_to_msats(var.amount_sats)
    currency = "btc"
  }
}

data "voltage_line_of_credit" "staging" {
  network  = "mutinynet"
  currency = "btc"
}

resource "voltage_wallet" "test" {
  for_each = toset(["first", "second"])

  name              = "smoke-test-${each.key}"
  network           = data.voltage_line_of_credit.staging.network
  line_of_credit_id = data.voltage_line_of_credit.staging.id
  limit             = provider::voltage::sats_to_msats(10000) # the credit that the payer uses
}

# There: the second wallet requests a payment, and the first wallet pays it (sends.tf).
resource "voltage_payment_request" "there" {
  wallet_id   = voltage_wallet.test["second"].id
  kind        = "bolt11"
  amount      = local.amount
  description = "smoke test, there"
}

data "voltage_payment" "there" {
  id         = voltage_payment_request.there.id
  wait_for   = "final"
  depends_on = [terraform_data.pay_there]

  lifecycle {
    postcondition {
      condition     = self.status == "completed"
      error_message = "The status of the payment is ${self.status}."
    }
  }
}

# Back: the first wallet requests a payment, and the second wallet pays it (sends.tf).
resource "voltage_payment_request" "back" {
  wallet_id   = voltage_wallet.test["first"].id
  kind        = "bolt11"
  amount      = local.amount
  description = "smoke test, back"
  depends_on  = [data.voltage_payment.there]
}

data "voltage_payment" "back" {
  id         = voltage_payment_request.back.id
  wait_for   = "final"
  depends_on = [terraform_data.pay_back]

  lifecycle {
    postcondition {
      condition     = self.status == "completed"
      error_message = "The status of the payment is ${self.status}."
    }
  }
}

# Reads the results that the test checks.
data "voltage_wallet" "after" {
  for_each = voltage_wallet.test

  id         = each.value.id
  depends_on = [data.voltage_payment.back]
}

data "voltage_wallet_ledger" "second" {
  wallet_id  = voltage_wallet.test["second"].id
  depends_on = [data.voltage_payment.back]
}

data "voltage_payment_history" "there" {
  payment_id = voltage_payment_request.there.id
  depends_on = [data.voltage_payment.there]
}

# OpenTofu 1.12 crashes if an assertion of a test calls a provider function. So an output calls the function.
output "asked_msats" {
  value = provider::voltage::parse_bolt11(voltage_payment_request.there.payment_request).amount_msats
}

output "statuses" {
  value = { there = data.voltage_payment.there.status, back = data.voltage_payment.back.status }
}

output "balances" {
  value = { for name, wallet in data.voltage_wallet.after : name => wallet.total_balance }
}
