data "voltage_checkout_settings" "staging" {}

output "shops" {
  value = data.voltage_checkout_settings.staging.allowed_origins
}
