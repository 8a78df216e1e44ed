# By the ID of the wallet, if it is in the organization of the provider:
terraform import voltage_wallet.orders 7f9c3d2e-5b1a-4c8d-9e0f-1a2b3c4d5e6f

# By the IDs of the organization and the wallet:
terraform import voltage_wallet.orders 0b5a1c52-6a0b-4a53-9d3f-0a9a4f4f7a01/7f9c3d2e-5b1a-4c8d-9e0f-1a2b3c4d5e6f
