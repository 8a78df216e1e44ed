import {
  to = voltage_webhook.orders
  identity = {
    organization_id = "0b5a1c52-6a0b-4a53-9d3f-0a9a4f4f7a01" # optional: defaults to organization_id of the provider
    environment_id  = "3a8d7f7e-2b7c-4d57-8c9b-5f6f3b1e9c02" # optional: defaults to environment_id of the provider
    id              = "2d4f6a8c-1b3d-4e5f-8a9b-0c1d2e3f4a5b"
  }
}
