# 21,000
output "example" {
  value = provider::voltage::sats_to_msats(21)
}
