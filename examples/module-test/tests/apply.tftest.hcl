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

# OpenTofu knows the outputs of other runs in variables, not in assertions, and of each module only those of its last run.
run "notes_the_id" {
  module {
    source = "./tests/id"
  }

  variables {
    id = run.makes_the_wallet.id
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

run "keeps_the_wallet" {
  command = plan # an apply would replace what the run before has noted

  module {
    source = "./tests/id"
  }

  variables {
    id     = run.renames_it_in_place.id
    before = run.notes_the_id.id
  }

  assert {
    condition     = var.id == var.before
    error_message = "The rename has made another wallet."
  }
}
