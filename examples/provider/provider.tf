terraform {
  required_providers {
    voltage = {
      source  = "voltagecloud/voltage"
      version = "~> 0.1"
    }
  }
}

# The API key comes from the environment variable VOLTAGE_API_KEY.
provider "voltage" {
  base_url        = "https://staging.voltageapi.com/v1"
  organization_id = "0b5a1c52-6a0b-4a53-9d3f-0a9a4f4f7a01"
  environment_id  = "3a8d7f7e-2b7c-4d57-8c9b-5f6f3b1e9c02"

  # Never touch real money from this configuration.
  allowed_networks = ["mutinynet", "testnet3"]
}
