variable "invoice" {
  type = string
}

data "voltage_wallet" "orders" {
  name = "orders-staging"
}

action "voltage_payment_send" "supplier" {
  config {
    wallet_id       = data.voltage_wallet.orders.id
    kind            = "bolt11"
    payment_request = var.invoice

    # With an ID of its own the action can be invoked again without paying again.
    id = uuidv5("url", "https://example.com/invoices/4711")

    max_fee = {
      amount   = 2000 # msats
      currency = "btc"
    }
  }
}

# It runs by terraform apply -invoke=action.voltage_payment_send.supplier, or when a resource triggers it.
