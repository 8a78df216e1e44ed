variable "invoice" {
  type = string
}

data "voltage_wallet" "orders" {
  name = "orders-staging"
}

# Succeeds if the policies of the wallet allow this payment.
action "voltage_payment_check" "supplier" {
  config {
    wallet_id       = data.voltage_wallet.orders.id
    kind            = "bolt11"
    payment_request = var.invoice
  }
}

# Succeeds if the policies refuse a payment of a million satoshis.
action "voltage_payment_check" "too_much" {
  config {
    wallet_id = data.voltage_wallet.orders.id
    kind      = "onchain"
    address   = "tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx"
    expect    = "failed"

    amount = {
      amount   = 1000000000 # msats: 1,000,000 sats
      currency = "btc"
    }
  }
}

# Run a check with terraform apply -invoke=action.voltage_payment_check.supplier, or let a resource trigger it.
