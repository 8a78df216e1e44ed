terraform {
  required_version = ">= 1.10" # of Terraform; 1.11 of OpenTofu

  required_providers {
    voltage = {
      source  = "voltagecloud/voltage"
      version = "~> 0.1"
    }
  }
}

variable "voltage_api_key" {
  type      = string
  sensitive = true # not shown
  ephemeral = true # not in plans and states
}

provider "voltage" {
  api_key = var.voltage_api_key
}

resource "voltage_webhook" "orders" {
  name   = "orders-staging"
  url    = "https://shop.example/voltage/webhooks"
  events = { receive = ["completed"] }
}

output "webhook_secret" {
  description = "The secret with which the receiver checks signatures."
  value       = voltage_webhook.orders.shared_secret
  sensitive   = true
}
