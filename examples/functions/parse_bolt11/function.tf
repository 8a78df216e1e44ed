variable "invoice" {
  type    = string
  default = "lnbc2500u1pvjluezsp5zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zygspp5qqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqypqdq5xysxxatsyp3k7enxv4jsxqzpu9qrsgquk0rl77nj30yxdy8j9vdx85fkpmdla2087ne0xh8nhedh8w27kyke0lp53ut353s06fv3qfegext0eh0ymjpf39tuven09sam30g4vgpfna3rh"
}

# "1 cup coffee for 250000 sats on mainnet"
output "example" {
  value = format("%s for %d sats on %s",
    provider::voltage::parse_bolt11(var.invoice).description,
    provider::voltage::msats_to_sats(provider::voltage::parse_bolt11(var.invoice).amount_msats),
    provider::voltage::parse_bolt11(var.invoice).network,
  )
}
