# 1.5
output "example" {
  value = provider::voltage::msats_to_sats(1500)
}
