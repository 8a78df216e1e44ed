run "there_and_back" {
  assert {
    condition     = data.voltage_payment.there.status == "completed" && data.voltage_payment.back.status == "completed"
    error_message = "The payment there is ${data.voltage_payment.there.status}, and the payment back is ${data.voltage_payment.back.status}."
  }

  assert {
    condition     = data.voltage_payment.there.amount.amount == local.amount.amount
    error_message = "The second wallet received ${data.voltage_payment.there.amount.amount} msats, not ${local.amount.amount} msats."
  }

  assert {
    condition     = output.asked_msats == local.amount.amount
    error_message = "The invoice asks for ${output.asked_msats} msats, not for ${local.amount.amount} msats."
  }

  assert {
    condition     = alltrue([for wallet in data.voltage_wallet.after : wallet.total_balance == 0 && length(wallet.holds) == 0])
    error_message = "The wallets are not empty again."
  }

  assert {
    condition     = [for event in data.voltage_wallet_ledger.second.events : event.type] == ["credited", "held", "captured"]
    error_message = "The ledger of the second wallet does not show one receive and one send."
  }

  assert {
    condition     = length(data.voltage_payment_history.there.events) >= 2
    error_message = "The payment has no history."
  }
}
