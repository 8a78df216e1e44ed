output "wallet_ids" {
  value = { for name, wallet in voltage_wallet.this : name => wallet.id }
}

output "balances_sats" {
  description = "The amount that each wallet can spend, in sats."
  value       = { for name, wallet in data.voltage_wallet.this : name => floor(wallet.available_balance / 1000) }
}

output "webhook_id" {
  value = voltage_webhook.payments.id
}

output "webhook_secret" {
  description = "The secret that verifies deliveries. Null for an imported webhook until secret_version rotates the secret."
  value       = voltage_webhook.payments.shared_secret
  sensitive   = true
}
