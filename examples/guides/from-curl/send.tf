variable "invoice" {
  type = string
}

action "voltage_payment_send" "supplier" {
  config {
    wallet_id       = voltage_wallet.orders.id
    kind            = "bolt11"
    payment_request = var.invoice
    max_fee         = { amount = 1000, currency = "btc" } # msats
  }
}
