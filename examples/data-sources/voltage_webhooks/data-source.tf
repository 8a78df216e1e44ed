data "voltage_webhooks" "stopped" {
  statuses = ["stopped"]
}

output "stopped_webhooks" {
  value = { for webhook in data.voltage_webhooks.stopped.webhooks : webhook.id => webhook.name }
}
