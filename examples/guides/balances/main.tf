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
  description = "What the wallet can spend, and what it has with what is held for payments under way, in msats."

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
  description = "What each wallet of the team can spend, in base units of its currency."
  value       = { for wallet in data.voltage_wallets.payments.wallets : wallet.id => "${wallet.available_balance} ${wallet.currency}" }
}

check "orders_can_pay" {
  # The check reads the wallet again each time, and does not stop the apply if the wallet cannot be read.
  data "voltage_wallet" "now" {
    name = "orders-staging"
  }

  assert {
    condition     = data.voltage_wallet.now.available_balance >= 10000000
    error_message = "The wallet orders-staging has ${data.voltage_wallet.now.available_balance} msats left, less than 10,000 sats."
  }
}
