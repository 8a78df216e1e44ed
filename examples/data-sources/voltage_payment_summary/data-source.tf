data "voltage_wallet" "orders" {
  name = "orders-staging"
}

check "no_failed_sends" {
  data "voltage_payment_summary" "failed" {
    wallet_id  = data.voltage_wallet.orders.id
    direction  = "send"
    statuses   = ["failed"]
    start_date = timeadd(plantimestamp(), "-24h")
  }

  assert {
    condition     = data.voltage_payment_summary.failed.total_count == 0
    error_message = "${data.voltage_payment_summary.failed.total_count} sends of orders-staging failed in the last 24 hours."
  }
}

data "voltage_payment_summary" "all" {}

output "completed_by_kind" {
  description = "How many payments of the environment were completed, by direction and kind."
  value = {
    for bucket in data.voltage_payment_summary.all.buckets : "${bucket.direction} ${bucket.kind} ${bucket.currency}" => bucket.total_count
    if bucket.status == "completed"
  }
}
