# Lists the staging webhooks, with all attributes of each resource. The list has no secrets.
list "voltage_webhook" "staging" {
  provider         = voltage
  include_resource = true

  config {
    name_regex = "-staging$"
  }
}
