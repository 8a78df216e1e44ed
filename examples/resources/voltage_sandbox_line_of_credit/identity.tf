import {
  to = voltage_sandbox_line_of_credit.staging
  identity = {
    organization_id   = "0b5a1c52-6a0b-4a53-9d3f-0a9a4f4f7a01" # optional: defaults to organization_id of the provider
    line_of_credit_id = "c4f1b6a8-3d52-4e9a-b7d0-6e5a2c8f1b04"
  }
}
