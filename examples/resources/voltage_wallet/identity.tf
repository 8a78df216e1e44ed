import {
  to = voltage_wallet.orders
  identity = {
    organization_id = "0b5a1c52-6a0b-4a53-9d3f-0a9a4f4f7a01" # optional: defaults to organization_id of the provider
    id              = "7f9c3d2e-5b1a-4c8d-9e0f-1a2b3c4d5e6f"
  }
}
