#!/usr/bin/env bash
# Runs a command with a Terraform configuration of its own: no checkpoint, no plugin cache, nothing of the user's. The programs that tests run
# are built here, once for all packages.
set -euo pipefail

command -v "${TF_ACC_TERRAFORM_PATH:-terraform}" >/dev/null || {
  echo "the acceptance tests need terraform on the PATH: https://developer.hashicorp.com/terraform/install" >&2
  exit 1
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
touch "$work/terraformrc"
export TF_CLI_CONFIG_FILE="$work/terraformrc" CHECKPOINT_DISABLE=1
(
  cd "$(dirname "$0")/../.."
  CGO_ENABLED=0 go build -ldflags=-s -o "$work/" . ./internal/cmd/voltage-emulator
)
export ACCTEST_PROGRAMS="$work"
# No program, Terraform included, collects garbage until it has used 1 GiB. It saves a quarter of the time.
export GOGC="${GOGC:-off}" GOMEMLIMIT="${GOMEMLIMIT:-1GiB}"
# Programs and tests without symbols for debuggers are linked in two thirds of the time.
export GOFLAGS="${GOFLAGS:+$GOFLAGS }-ldflags=-s"
# Without a path of its own, terraform-plugin-testing would look for a Terraform to download.
TF_ACC_TERRAFORM_PATH=$(command -v "${TF_ACC_TERRAFORM_PATH:-terraform}")
export TF_ACC_TERRAFORM_PATH
# The address of a provider begins with the registry's host, and OpenTofu's is its own.
case $("$TF_ACC_TERRAFORM_PATH" version) in
  OpenTofu*) export TF_ACC_PROVIDER_HOST=registry.opentofu.org ;;
esac
"$@"
