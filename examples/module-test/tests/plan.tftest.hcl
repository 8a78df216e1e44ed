# These tests only plan. They create nothing.

provider "voltage" {
  allowed_networks = ["mutinynet"] # environment variables set the other arguments
}

variables {
  name = "orders"
}

run "plans_a_wallet" {
  command = plan

  variables {
    metadata = { team = "payments" }
  }

  assert {
    condition     = voltage_wallet.staging.name == "orders-staging"
    error_message = "The wallet would be named ${voltage_wallet.staging.name}."
  }

  assert {
    condition     = voltage_wallet.staging.limit == 100000000
    error_message = "The limit of the wallet would be ${voltage_wallet.staging.limit} msats."
  }

  assert {
    condition     = voltage_wallet.staging.metadata == tomap({ team = "payments", stage = "staging" })
    error_message = "The metadata would not be the team and the stage."
  }

  assert {
    condition     = voltage_wallet.staging.line_of_credit_id == data.voltage_line_of_credit.staging.id
    error_message = "The wallet would be on another line of credit."
  }
}

run "refuses_a_name_that_is_too_short" {
  command = plan

  variables {
    name = "ab"
  }

  expect_failures = [var.name]
}

run "refuses_a_name_that_has_the_ending" {
  command = plan

  variables {
    name = "orders-staging"
  }

  expect_failures = [var.name]
}

run "refuses_a_limit_below_zero" {
  command = plan

  variables {
    limit = -1
  }

  expect_failures = [var.limit]
}

run "refuses_more_than_the_line_of_credit" {
  command = plan

  variables {
    limit = 900000000000000
  }

  expect_failures = [voltage_wallet.staging]
}
