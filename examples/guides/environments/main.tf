terraform {
  required_providers {
    voltage = {
      source  = "voltagecloud/voltage"
      version = "~> 0.1"
    }
  }
}

variable "staging_api_key" {
  type      = string
  sensitive = true
}

variable "qa_api_key" {
  type      = string
  sensitive = true
}

provider "voltage" {
  alias            = "staging"
  base_url         = "https://staging.voltageapi.com/v1"
  api_key          = var.staging_api_key
  organization_id  = "0b5a1c52-6a0b-4a53-9d3f-0a9a4f4f7a01"
  environment_id   = "3a8d7f7e-2b7c-4d57-8c9b-5f6f3b1e9c02"
  allowed_networks = ["mutinynet"]
}

provider "voltage" {
  alias            = "qa"
  base_url         = "https://staging.voltageapi.com/v1"
  api_key          = var.qa_api_key
  organization_id  = "0b5a1c52-6a0b-4a53-9d3f-0a9a4f4f7a01"
  environment_id   = "7c2e94d1-91f4-4f0e-a2c5-8d1f2b6a4e03"
  allowed_networks = ["mutinynet"]
}

data "voltage_line_of_credit" "staging" {
  provider = voltage.staging
  network  = "mutinynet"
  currency = "btc"
}

resource "voltage_wallet" "staging" {
  provider          = voltage.staging
  name              = "orders"
  network           = data.voltage_line_of_credit.staging.network
  line_of_credit_id = data.voltage_line_of_credit.staging.id
  limit             = 20000000 # msats: 20,000 sats
}

data "voltage_line_of_credit" "qa" {
  provider = voltage.qa
  network  = "mutinynet"
  currency = "btc"
}

resource "voltage_wallet" "qa" {
  provider          = voltage.qa
  name              = "orders"
  network           = data.voltage_line_of_credit.qa.network
  line_of_credit_id = data.voltage_line_of_credit.qa.id
  limit             = 20000000 # msats: 20,000 sats
}
