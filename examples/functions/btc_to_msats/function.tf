# 10,000,000,000
output "example" {
  value = provider::voltage::btc_to_msats(0.1)
}
