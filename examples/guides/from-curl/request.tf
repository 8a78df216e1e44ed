resource "voltage_payment_request" "order" {
  wallet_id   = voltage_wallet.orders.id
  kind        = "bolt11"
  amount      = { amount = 150000, currency = "btc" } # msats: 150 sats
  description = "Order 4711"
}

output "invoice" {
  value = voltage_payment_request.order.payment_request
}
