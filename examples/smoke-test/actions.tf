# The actions run once, in the order of the list, when Terraform creates this resource.

resource "terraform_data" "smoke_test" {
  input = [voltage_webhook.test.id, voltage_payment_request.allowed.id, voltage_payment_request.too_much.id, voltage_wallet_policies.payer.wallet_id]

  lifecycle {
    action_trigger {
      events = [after_create]
      actions = [
        action.voltage_webhook_test.arrives,
        action.voltage_payment_check.refused,
        action.voltage_payment_check.approved,
        action.voltage_payment_send.approved,
      ]
    }
  }
}

action "voltage_webhook_test" "arrives" {
  config {
    webhook_id = voltage_webhook.test.id
    detail     = jsonencode({ event = "created", data = "smoke test" })
  }
}

action "voltage_payment_check" "refused" {
  config {
    wallet_id       = voltage_wallet.test["payer"].id
    kind            = "bolt11"
    payment_request = voltage_payment_request.too_much.payment_request
    expect          = "failed"
  }
}

# The check and the send have the same id and the same arguments, so the action sends the payment that the check has approved.
action "voltage_payment_check" "approved" {
  config {
    id              = uuidv5(voltage_payment_request.allowed.id, "send")
    wallet_id       = voltage_wallet.test["payer"].id
    kind            = "bolt11"
    payment_request = voltage_payment_request.allowed.payment_request
  }
}

action "voltage_payment_send" "approved" {
  config {
    id              = uuidv5(voltage_payment_request.allowed.id, "send")
    wallet_id       = voltage_wallet.test["payer"].id
    kind            = "bolt11"
    payment_request = voltage_payment_request.allowed.payment_request
  }
}

resource "terraform_data" "send_back" {
  input = voltage_payment_request.back.id

  lifecycle {
    action_trigger {
      events  = [after_create]
      actions = [action.voltage_payment_send.back]
    }
  }
}

action "voltage_payment_send" "back" {
  config {
    wallet_id       = voltage_wallet.test["payee"].id
    kind            = "bolt11"
    payment_request = voltage_payment_request.back.payment_request
  }
}
