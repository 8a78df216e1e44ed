#!/usr/bin/env bash
# Runs a command with a Terraform configuration of its own: no checkpoint, no plugin cache, nothing of the user's.
set -euo pipefail

command -v "${TF_ACC_TERRAFORM_PATH:-terraform}" >/dev/null || {
  echo "the acceptance tests need terraform on the PATH: https://developer.hashicorp.com/terraform/install" >&2
  exit 1
}
config=$(mktemp)
trap 'rm -f "$config"' EXIT
export TF_CLI_CONFIG_FILE="$config" CHECKPOINT_DISABLE=1
# Without a path of its own, terraform-plugin-testing would look for a Terraform to download.
TF_ACC_TERRAFORM_PATH=$(command -v "${TF_ACC_TERRAFORM_PATH:-terraform}")
export TF_ACC_TERRAFORM_PATH
# The address of a provider begins with the registry's host, and OpenTofu's is its own.
case $("$TF_ACC_TERRAFORM_PATH" version) in
  OpenTofu*) export TF_ACC_PROVIDER_HOST=registry.opentofu.org ;;
esac
"$@"
