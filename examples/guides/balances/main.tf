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

data "voltage_wallet" "orders" {
  name = "orders-staging"
}

output "orders" {
  description = "The amount that the wallet can spend, and its whole balance, including holds for pending payments, in msats."

  value = {
    available = data.voltage_wallet.orders.available_balance
    total     = data.voltage_wallet.orders.total_balance
  }
}

output "orders_sats" {
  value = floor(data.voltage_wallet.orders.available_balance / 1000)
}

data "voltage_wallets" "payments" {
  metadata = {
    team = "payments"
  }
}

output "by_wallet" {
  description = "The amount that each wallet of the team can spend, in base units of its currency."
  value       = { for wallet in data.voltage_wallets.payments.wallets : wallet.id => "${wallet.available_balance} ${wallet.currency}" }
}

check "orders_can_pay" {
  # Each plan and apply reads the wallet again. If the wallet cannot be read, the check warns, and the apply continues.
  data "voltage_wallet" "now" {
    name = "orders-staging"
  }

  assert {
    condition     = data.voltage_wallet.now.available_balance >= 10000000
    error_message = "The wallet orders-staging has ${data.voltage_wallet.now.available_balance} msats left, less than 10,000 sats."
  }
}
