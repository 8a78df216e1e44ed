resource "voltage_checkout_settings" "staging" {
  origin_policy = "allowlist"

  allowed_origins = [
    "https://shop.example",
    "http://localhost:3000",
  ]
}
