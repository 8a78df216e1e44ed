# Creates a wallet and renames it. At the end, terraform test deletes it.

provider "voltage" {
  allowed_networks = ["mutinynet"] # environment variables set the other arguments
}

variables {
  metadata = { team = "payments" }
}

run "creates_the_wallet" {
  variables {
    name = "module-test"
  }

  assert {
    condition     = voltage_wallet.staging.active && output.id == voltage_wallet.staging.id
    error_message = "The wallet is not active, or the output is not its ID."
  }

  assert {
    condition     = output.balance == 0
    error_message = "The balance of the new wallet is ${output.balance} msats, not 0."
  }
}

# In OpenTofu, a run can use the outputs of other runs in its variables, but not in its assertions. OpenTofu keeps only the outputs of
# the last run of each module. So a second module stores the ID.
run "stores_the_id" {
  module {
    source = "./tests/id"
  }

  variables {
    id = run.creates_the_wallet.id
  }
}

run "renames_it_in_place" {
  variables {
    name = "module-test-renamed"
  }

  assert {
    condition     = data.voltage_wallet.staging.name == "module-test-renamed-staging"
    error_message = "The name of the wallet in the API is ${data.voltage_wallet.staging.name}."
  }
}

run "keeps_the_wallet" {
  command = plan # an apply would overwrite the stored ID

  module {
    source = "./tests/id"
  }

  variables {
    id     = run.renames_it_in_place.id
    before = run.stores_the_id.id
  }

  assert {
    condition     = var.id == var.before
    error_message = "The rename created another wallet."
  }
}
