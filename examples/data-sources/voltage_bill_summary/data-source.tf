data "voltage_bill_summary" "failed" {
  statuses = ["failed"]
}

check "no_failed_bills" {
  assert {
    condition     = data.voltage_bill_summary.failed.total_count == 0
    error_message = "The settlement of ${data.voltage_bill_summary.failed.total_count} bills failed."
  }
}
