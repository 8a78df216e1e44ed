# A small module: a staging wallet on the line of credit of the environment, in btc on mutinynet. The folder tests/ has its tests.

terraform {
  required_version = ">= 1.8" # of Terraform and of OpenTofu

  required_providers {
    voltage = {
      source  = "voltagecloud/voltage"
      version = "~> 0.1"
    }
  }
}

variable "name" {
  description = "The name of the wallet. The module appends -staging. Changing this renames the wallet in place."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,63}$", var.name)) && !endswith(var.name, "-staging")
    error_message = "Set 3 to 64 lowercase letters, digits and hyphens. Begin with a letter. Do not end in -staging: the module appends it."
  }
}

variable "limit" {
  description = "The maximum credit that the wallet may use, in msats (1 sat = 1,000 msats). Changing this forces a new wallet."
  type        = number
  default     = 100000000 # 100,000 sats

  validation {
    condition     = var.limit >= 0 && floor(var.limit) == var.limit
    error_message = "The limit must be a whole number of msats, at least 0."
  }
}

variable "metadata" {
  description = "The metadata of the wallet. The module adds stage = staging. Changing this forces a new wallet."
  type        = map(string)
  default     = {}
}

data "voltage_line_of_credit" "staging" {
  network  = "mutinynet"
  currency = "btc"
}

resource "voltage_wallet" "staging" {
  name              = "${var.name}-staging"
  network           = data.voltage_line_of_credit.staging.network
  line_of_credit_id = data.voltage_line_of_credit.staging.id
  limit             = var.limit
  metadata          = merge(var.metadata, { stage = "staging" })

  lifecycle {
    precondition {
      condition     = var.limit <= data.voltage_line_of_credit.staging.limit
      error_message = "limit is ${var.limit} msats, but the line of credit has only ${data.voltage_line_of_credit.staging.limit} msats."
    }
  }
}

data "voltage_wallet" "staging" {
  id = voltage_wallet.staging.id
}

output "id" {
  description = "The UUID of the wallet."
  value       = voltage_wallet.staging.id
}

output "balance" {
  description = "The amount that the wallet can spend, in msats."
  value       = data.voltage_wallet.staging.available_balance
}
