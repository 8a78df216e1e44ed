resource "voltage_webhook" "orders" {
  name = "orders-staging"
  url  = "https://shop.example/voltage/webhooks"

  events = {
    receive = ["completed", "expired", "failed"]
    send    = ["succeeded", "failed"]
  }

  secret_version = 1 # another number rotates the secret
}

# The receiver verifies deliveries with this secret. Give it to the receiver, and never print it.
output "webhook_secret" {
  value     = voltage_webhook.orders.shared_secret
  sensitive = true
}
