#!/usr/bin/env bash
# Applies the demo on the emulator, shows the outputs, checks that the next plan is empty, and destroys. It always removes its files. If
# ARCHIVES names a folder with the archives of a release, it uses these archives and builds nothing.
set -euo pipefail

step() { printf '\n\033[1m==> %s\033[0m\n' "$*"; }

# The emulator runs this script a second time, in the folder of the configuration, for the steps that need the emulator.
if [ "${1:-}" = steps ]; then
  echo "the emulator listens on $VOLTAGE_API_URL"
  terraform init >/dev/null

  step "terraform apply"
  terraform apply -auto-approve

  step "terraform output"
  terraform output

  step "terraform plan: nothing to do"
  terraform plan -detailed-exitcode

  step "terraform destroy"
  terraform destroy -auto-approve

  step "Done: a wallet was created, read, planned unchanged and destroyed"
  exit
fi

cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

command -v terraform >/dev/null || { echo "make demo needs terraform on the PATH: https://developer.hashicorp.com/terraform/install" >&2; exit 1; }

# Terraform installs the provider from a folder that is a mirror of the registry. It downloads nothing.
mirror=$work/mirror/registry.terraform.io/voltagecloud/voltage
mkdir -p "$mirror" "$work/bin" "$work/configuration"
os=$(go env GOOS) arch=$(go env GOARCH)
if [ -n "${ARCHIVES:-}" ]; then
  step "Unpacking the provider and the emulator"
  archive=$(cd "$ARCHIVES" && ls terraform-provider-voltage_*_"${os}_$arch.zip")
  cp "$ARCHIVES/$archive" "$mirror/"
  version=${archive#*_} version=${version%%_*}
  tar -xzf "$ARCHIVES/voltage-emulator_${version}_$os-$arch.tar.gz" -C "$work/bin" voltage-emulator
  # Terraform installs a version with a suffix only if the configuration requires exactly this version.
  cat >"$work/configuration/versions_override.tf" <<HCL
terraform {
  required_providers {
    voltage = {
      source  = "voltagecloud/voltage"
      version = "$version"
    }
  }
}
HCL
else
  step "Building the provider and the emulator"
  CGO_ENABLED=0 go build -o "$mirror/0.1.0/${os}_$arch/terraform-provider-voltage_v0.1.0$(go env GOEXE)" .
  CGO_ENABLED=0 go build -o "$work/bin/" ./internal/cmd/voltage-emulator
fi

cat >"$work/terraformrc" <<RC
provider_installation {
  filesystem_mirror { path = "$work/mirror" }
}
RC
export TF_CLI_CONFIG_FILE="$work/terraformrc" CHECKPOINT_DISABLE=1 TF_IN_AUTOMATION=1
cp examples/demo/main.tf "$work/configuration/"

step "Starting the emulator"
# The demo must use the emulator only, even if the shell has variables of a real environment.
unset "${!VOLTAGE_@}"
script=$PWD/examples/demo/run.sh
cd "$work/configuration"
"$work/bin/voltage-emulator" exec -delay 300ms -- "$script" steps
