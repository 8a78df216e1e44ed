resource "voltage_webhook" "orders" {
  name   = "orders"
  url    = "https://shop.example/voltage/webhooks"
  events = { send = ["succeeded", "failed"], receive = ["completed"] }
}
