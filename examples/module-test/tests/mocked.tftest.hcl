# Needs neither the API nor the emulator: Terraform generates the values that the provider would compute.

mock_provider "voltage" {
  # Terraform generates 0 for each number, and the module refuses a line of credit whose limit is 0 msats.
  mock_data "voltage_line_of_credit" {
    defaults = {
      limit = 100000000000
    }
  }
}

variables {
  name = "orders"
}

run "puts_the_wallet_on_the_line" {
  assert {
    condition     = voltage_wallet.staging.line_of_credit_id == data.voltage_line_of_credit.staging.id
    error_message = "The wallet is on another line of credit."
  }

  assert {
    condition     = output.id == voltage_wallet.staging.id
    error_message = "The output is not the ID of the wallet."
  }
}
