data "voltage_wallet" "orders" {
  name = "orders-staging"
}

# Only pages of this origin may use the session.
resource "voltage_checkout_settings" "shop" {
  origin_policy   = "allowlist"
  allowed_origins = ["https://shop.example"]
}

resource "voltage_checkout_session" "order" {
  wallet_id   = data.voltage_wallet.orders.id
  kind        = "bip21"
  description = "1 cup coffee"
  expiration  = 900

  amount = {
    amount   = 150000 # msats: 150 sats
    currency = "btc"
  }

  metadata         = jsonencode({ table = 4 }) # for the browser
  payment_metadata = { order = "4711" }        # for webhooks

  redirect_urls = {
    success = "https://shop.example/thanks"
    failure = "https://shop.example/cart"
  }

  depends_on = [voltage_checkout_settings.shop]
}

output "checkout_url" {
  value     = voltage_checkout_session.order.checkout_url
  sensitive = true
}
