terraform {
  required_providers {
    voltage = {
      source  = "voltagecloud/voltage"
      version = "~> 0.1"
    }
  }
}

provider "voltage" {
  base_url        = "https://staging.voltageapi.com/v1"
  request_timeout = "1m" # for each attempt of a request; a slow proxy can need more than 30s
  max_retries     = 6    # after a cut connection, 408, 429 or 5xx
}

data "voltage_lines_of_credit" "all" {}
