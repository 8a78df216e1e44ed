# Without an API and without the emulator: Terraform generates what the provider would compute.

mock_provider "voltage" {
  # Numbers are generated as 0, and the module's precondition refuses a line of credit of 0 msats.
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
    error_message = "The output is not the wallet's ID."
  }
}
