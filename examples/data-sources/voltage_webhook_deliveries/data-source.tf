data "voltage_webhook" "orders" {
  name = "orders-staging"
}

data "voltage_webhook_deliveries" "failed" {
  webhook_id  = data.voltage_webhook.orders.id
  statuses    = ["failed", "abandoned"]
  max_results = 20
}

output "failed_deliveries" {
  description = "The newest deliveries that failed or were abandoned, and the reason of each."
  value = {
    for delivery in data.voltage_webhook_deliveries.failed.deliveries :
    delivery.id => "${delivery.type} ${delivery.event}: ${try(delivery.error.detail, "no reason given")}"
  }
}
