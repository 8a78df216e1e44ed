# By the ID of the line of credit, if it is in the organization of the provider:
terraform import voltage_sandbox_line_of_credit.staging c4f1b6a8-3d52-4e9a-b7d0-6e5a2c8f1b04

# By the IDs of the organization and the line of credit:
terraform import voltage_sandbox_line_of_credit.staging 0b5a1c52-6a0b-4a53-9d3f-0a9a4f4f7a01/c4f1b6a8-3d52-4e9a-b7d0-6e5a2c8f1b04
