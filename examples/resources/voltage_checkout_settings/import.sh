# By the ID of the environment, if it is in the organization of the provider:
terraform import voltage_checkout_settings.staging 3a8d7f7e-2b7c-4d57-8c9b-5f6f3b1e9c02

# By the IDs of the organization and the environment:
terraform import voltage_checkout_settings.staging 0b5a1c52-6a0b-4a53-9d3f-0a9a4f4f7a01/3a8d7f7e-2b7c-4d57-8c9b-5f6f3b1e9c02
