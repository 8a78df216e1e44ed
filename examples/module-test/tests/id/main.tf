# Stores the ID of a wallet for later runs of a test. The variable before has the ID of an earlier run.

terraform {
  required_providers {
    voltage = { # the tests configure it
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
