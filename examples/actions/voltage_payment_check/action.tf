variable "invoice" {
  type = string
}

data "voltage_wallet" "orders" {
  name = "orders-staging"
}

# The wallet may pay this invoice.
action "voltage_payment_check" "supplier" {
  config {
    wallet_id       = data.voltage_wallet.orders.id
    kind            = "bolt11"
    payment_request = var.invoice
  }
}

# The wallet may not pay a million satoshis at once.
action "voltage_payment_check" "too_much" {
  config {
    wallet_id = data.voltage_wallet.orders.id
    kind      = "onchain"
    address   = "tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx"
    expect    = "failed"

    amount = {
      amount   = 1000000000 # msats
      currency = "btc"
    }
  }
}

# They run by terraform apply -invoke=action.voltage_payment_check.supplier, or when a resource triggers them.
