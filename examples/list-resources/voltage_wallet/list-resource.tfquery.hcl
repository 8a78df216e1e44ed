# Lists the wallets of the team payments on staging, with all that the resource has of each.
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
