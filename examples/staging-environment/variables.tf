variable "line_limit_msats" {
  description = "The limit of the sandbox line of credit, in msats (1 sat = 1,000 msats)."
  type        = number
  default     = 500000000 # 500,000 sats
}

variable "wallets" {
  description = "The wallets, by name: the team, the maximum credit in msats, and the maximum amount of one send in sats."
  type = map(object({
    team             = string
    limit_msats      = number
    max_payment_sats = number
  }))
  default = {
    orders-staging  = { team = "payments", limit_msats = 100000000, max_payment_sats = 50000 }
    refunds-staging = { team = "support", limit_msats = 20000000, max_payment_sats = 10000 }
  }
}

variable "webhook_url" {
  description = "The URL that receives the deliveries of the webhook."
  type        = string
  default     = "https://shop.example/voltage/webhooks"
}

variable "checkout_origins" {
  description = "The origins of the web pages that may use the hosted checkout."
  type        = set(string)
  default     = ["https://shop.example"]
}
