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

locals {
  wallets = {
    orders    = { team = "payments", limit_sats = 20000 }
    refunds   = { team = "payments", limit_sats = 5000 }
    donations = { team = "community", limit_sats = 0 } # receives only
  }
}

data "voltage_line_of_credit" "staging" {
  network  = "mutinynet"
  currency = "btc"

  lifecycle {
    postcondition {
      condition     = sum(values(local.wallets)[*].limit_sats) * 1000 <= self.limit
      error_message = "The limits of the wallets add up to more than the limit of the line of credit, which is ${self.limit} msats."
    }
  }
}

resource "voltage_wallet" "staging" {
  for_each = local.wallets

  name              = "${each.key}-staging"
  network           = data.voltage_line_of_credit.staging.network
  line_of_credit_id = data.voltage_line_of_credit.staging.id
  limit             = provider::voltage::sats_to_msats(each.value.limit_sats)

  metadata = {
    team  = each.value.team
    stage = "staging"
  }
}

output "wallet_ids" {
  description = "The UUID of each wallet, by its key."
  value       = { for key, wallet in voltage_wallet.staging : key => wallet.id }
}
