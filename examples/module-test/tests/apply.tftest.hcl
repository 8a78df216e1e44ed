# A wallet is made, renamed and, when the file is through, deleted.

provider "voltage" {
  allowed_networks = ["mutinynet"] # the rest is in the environment
}

variables {
  metadata = { team = "payments" }
}

run "makes_the_wallet" {
  variables {
    name = "module-test"
  }

  assert {
    condition     = voltage_wallet.staging.active && output.id == voltage_wallet.staging.id
    error_message = "The wallet is not active, or the output is not its ID."
  }

  assert {
    condition     = output.balance == 0
    error_message = "A new wallet has ${output.balance} msats."
  }
}

run "renames_it_in_place" {
  variables {
    name = "module-test-renamed"
  }

  assert {
    condition     = data.voltage_wallet.staging.name == "module-test-renamed-staging"
    error_message = "The API has the wallet as ${data.voltage_wallet.staging.name}."
  }
}

# OpenTofu knows the outputs of other runs in variables, and not in assertions.
run "keeps_the_wallet" {
  command = plan

  module {
    source = "./tests/same"
  }

  variables {
    before = run.makes_the_wallet.id
    after  = run.renames_it_in_place.id
  }

  assert {
    condition     = var.before == var.after
    error_message = "The rename has made another wallet."
  }
}
