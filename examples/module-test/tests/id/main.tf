# The ID of a wallet, for the runs of a test that follow, and what it was before.

terraform {
  required_providers {
    voltage = { # which the tests configure
      source  = "voltagecloud/voltage"
      version = "~> 0.1"
    }
  }
}

variable "id" {
  type = string
}

variable "before" {
  type    = string
  default = null
}

output "id" {
  value = var.id
}
