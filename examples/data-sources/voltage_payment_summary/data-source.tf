data "voltage_wallet" "orders" {
  name = "orders-staging"
}

data "voltage_payment_summary" "failed_sends" {
  wallet_id  = data.voltage_wallet.orders.id
  direction  = "send"
  statuses   = ["failed"]
  start_date = timeadd(plantimestamp(), "-24h")
}

check "no_failed_sends" {
  assert {
    condition     = data.voltage_payment_summary.failed_sends.total_count == 0
    error_message = "${data.voltage_payment_summary.failed_sends.total_count} sends of orders-staging failed in the last 24 hours."
  }
}

data "voltage_payment_summary" "environment" {}

output "completed" {
  description = "The number of completed payments of the environment, by direction, kind and currency."
  value = {
    for bucket in data.voltage_payment_summary.environment.buckets :
    "${bucket.direction} ${bucket.kind} ${bucket.currency}" => bucket.total_count if bucket.status == "completed"
  }
}
