data "voltage_wallet" "orders" {
  name = "orders-staging"
}

resource "voltage_wallet_policies" "orders" {
  wallet_id = data.voltage_wallet.orders.id

  max_payment_size_sats   = 100000
  transactions_per_minute = 60

  processing_fee = {
    send_basis_points    = 50 # 0.5 %
    receive_basis_points = 0
  }
}
