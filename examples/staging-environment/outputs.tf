output "wallet_ids" {
  value = { for name, wallet in voltage_wallet.this : name => wallet.id }
}

output "balances_sats" {
  description = "What each wallet can spend, in satoshis."
  value       = { for name, wallet in data.voltage_wallet.this : name => floor(wallet.available_balance / 1000) }
}

output "webhook_id" {
  value = voltage_webhook.payments.id
}

output "webhook_secret" {
  description = "What the receiver verifies deliveries with; null for a webhook that was imported."
  value       = voltage_webhook.payments.shared_secret
  sensitive   = true
}
