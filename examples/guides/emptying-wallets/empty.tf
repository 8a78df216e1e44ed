variable "msats" {
  description = "The amount to move out of the wallet orders, in msats."
  type        = number
}

resource "voltage_payment_request" "rest" {
  wallet_id   = voltage_wallet.archive.id
  kind        = "bolt11"
  amount      = { amount = var.msats, currency = "btc" }
  description = "The rest of the wallet orders"
}

action "voltage_payment_send" "rest" {
  config {
    wallet_id       = voltage_wallet.orders.id
    kind            = "bolt11"
    payment_request = voltage_payment_request.rest.payment_request
  }
}
