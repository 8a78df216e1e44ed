# Lists the webhooks of staging, with all that the resource has of each. Their secrets are not shown.
list "voltage_webhook" "staging" {
  provider         = voltage
  include_resource = true

  config {
    name_regex = "-staging$"
  }
}
