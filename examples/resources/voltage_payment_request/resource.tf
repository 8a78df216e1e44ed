data "voltage_wallet" "orders" {
  name = "orders-staging"
}

resource "voltage_payment_request" "coffee" {
  wallet_id   = data.voltage_wallet.orders.id
  kind        = "bolt11"
  description = "1 cup coffee"
  expiration  = 3600

  amount = {
    amount   = 150000 # msats: 150 sats
    currency = "btc"
  }

  metadata = {
    order = "4711"
  }
}

output "invoice" {
  value = voltage_payment_request.coffee.payment_request
}
