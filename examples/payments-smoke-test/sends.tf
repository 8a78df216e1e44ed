# The two sends. Each action runs once, when Terraform creates the terraform_data resource that triggers it.

action "voltage_payment_send" "there" {
  config {
    wallet_id       = voltage_wallet.test["first"].id
    kind            = "bolt11"
    payment_request = voltage_payment_request.there.payment_request
    max_fee         = { amount = 1000, currency = "btc" }
  }
}

resource "terraform_data" "pay_there" {
  input = voltage_payment_request.there.id

  lifecycle {
    action_trigger {
      events  = [after_create]
      actions = [action.voltage_payment_send.there]
    }
  }
}

action "voltage_payment_send" "back" {
  config {
    wallet_id       = voltage_wallet.test["second"].id
    kind            = "bolt11"
    payment_request = voltage_payment_request.back.payment_request
    max_fee         = { amount = 1000, currency = "btc" }
  }
}

resource "terraform_data" "pay_back" {
  input = voltage_payment_request.back.id

  lifecycle {
    action_trigger {
      events  = [after_create]
      actions = [action.voltage_payment_send.back]
    }
  }
}
