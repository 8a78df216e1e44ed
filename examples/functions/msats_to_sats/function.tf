# 1.5
output "example" {
  value = provider::voltage::msats_to_sats(1500)
}

# -7000, the balance of a wallet that owes 7,000 sats
output "negative" {
  value = provider::voltage::msats_to_sats(-7000000)
}
