data "voltage_line_of_credit" "staging" {
  network  = "mutinynet"
  currency = "btc"
}

resource "voltage_sandbox_line_of_credit" "staging" {
  line_of_credit_id = data.voltage_line_of_credit.staging.id
  limit             = 500000000 # msats: 500,000 sats
}

resource "voltage_wallet" "load_test" {
  name              = "load-test"
  network           = voltage_sandbox_line_of_credit.staging.network
  line_of_credit_id = voltage_sandbox_line_of_credit.staging.line_of_credit_id
  limit             = 400000000
}
