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

    # With an id, the action can be invoked again and pays only once.
    id = uuidv5("url", "https://example.com/invoices/4711")

    max_fee = {
      amount   = 2000 # msats
      currency = "btc"
    }
  }
}

# Run it with terraform apply -invoke=action.voltage_payment_send.supplier, or let a resource trigger it.
