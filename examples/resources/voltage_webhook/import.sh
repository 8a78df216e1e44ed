# By the ID of the webhook, if it is in the organization and the environment of the provider:
terraform import voltage_webhook.orders 2d4f6a8c-1b3d-4e5f-8a9b-0c1d2e3f4a5b

# By the IDs of the environment and the webhook, or of the organization, the environment and the webhook:
terraform import voltage_webhook.orders 3a8d7f7e-2b7c-4d57-8c9b-5f6f3b1e9c02/2d4f6a8c-1b3d-4e5f-8a9b-0c1d2e3f4a5b
terraform import voltage_webhook.orders 0b5a1c52-6a0b-4a53-9d3f-0a9a4f4f7a01/3a8d7f7e-2b7c-4d57-8c9b-5f6f3b1e9c02/2d4f6a8c-1b3d-4e5f-8a9b-0c1d2e3f4a5b
