data "voltage_payment" "order" {
  id = voltage_payment_request.order.id
}

data "voltage_payments" "of_wallet" {
  wallet_id = voltage_wallet.orders.id
}

data "voltage_payment_history" "order" {
  payment_id = voltage_payment_request.order.id
}
