# Each ID was generated once with uuidgen. A new object needs a new ID.

data "voltage_line_of_credit" "staging" {
  network  = "mutinynet"
  currency = "btc"
}

resource "voltage_wallet" "orders" {
  id             = "5b0c9a52-6f0e-4d3a-9a41-2f6d1c8e7b90"
  adopt_existing = true

  name              = "orders-staging"
  network           = "mutinynet"
  line_of_credit_id = data.voltage_line_of_credit.staging.id
  limit             = 100000000 # msats: 100,000 sats
}

resource "voltage_webhook" "orders" {
  id             = "c3e1d7f4-0a8b-4f52-8d6e-93b7a1f0c245"
  adopt_existing = true # rotates the secret of a webhook that it takes over

  name   = "orders-staging"
  url    = "https://shop.example/voltage/webhooks"
  events = { receive = ["completed"] }
}

resource "voltage_payment_request" "order" {
  id             = "e8a46b1d-72c9-4b0f-a3d5-61f2c08e9d37"
  adopt_existing = true

  wallet_id = voltage_wallet.orders.id
  kind      = "bolt11"
  amount    = { amount = 21000000, currency = "btc" } # msats: 21,000 sats
}
