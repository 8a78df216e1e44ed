# A module of your own, as small as can be: a wallet for staging, which is on the line of credit in btc that the environment has
# on mutinynet. What it is tested with is in tests/.

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
  description = "The wallet's name; -staging is put behind it. A change renames the wallet in place."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,63}$", var.name)) && !endswith(var.name, "-staging")
    error_message = "A name has 3 to 64 small letters, digits and hyphens, begins with a letter, and does not end in -staging, which the module adds."
  }
}

variable "limit" {
  description = "How much the wallet may owe to the line of credit, in millisatoshis. A change replaces the wallet."
  type        = number
  default     = 100000000 # 100,000 sats

  validation {
    condition     = var.limit >= 0 && floor(var.limit) == var.limit
    error_message = "A limit is a whole number of millisatoshis, 0 or more."
  }
}

variable "metadata" {
  description = "What is noted on the wallet, beside stage = staging. A change replaces the wallet."
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
      error_message = "The whole line of credit is ${data.voltage_line_of_credit.staging.limit} msats, less than this wallet's limit of ${var.limit}."
    }
  }
}

data "voltage_wallet" "staging" {
  id = voltage_wallet.staging.id
}

output "id" {
  description = "The wallet's UUID."
  value       = voltage_wallet.staging.id
}

output "balance" {
  description = "What the wallet can spend, in millisatoshis."
  value       = data.voltage_wallet.staging.available_balance
}
