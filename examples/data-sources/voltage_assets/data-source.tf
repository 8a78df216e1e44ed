data "voltage_assets" "staging" {
  network = "mutinynet"
}

output "currencies" {
  value = { for asset in data.voltage_assets.staging.assets : asset.name => asset.currency }
}
