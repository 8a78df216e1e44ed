import {
  to = voltage_checkout_settings.staging
  identity = {
    organization_id = "0b5a1c52-6a0b-4a53-9d3f-0a9a4f4f7a01" # optional: defaults to organization_id of the provider
    environment_id  = "3a8d7f7e-2b7c-4d57-8c9b-5f6f3b1e9c02"
  }
}
