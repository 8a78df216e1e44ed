# Lists the staging wallets of the team payments, with all attributes of each resource.
list "voltage_wallet" "payments" {
  provider         = voltage
  include_resource = true

  config {
    network    = "mutinynet"
    name_regex = "-staging$"

    metadata = {
      team = "payments"
    }
  }
}
