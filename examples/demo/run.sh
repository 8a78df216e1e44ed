#!/usr/bin/env bash
# The main job on the emulator: apply, show the outputs, plan nothing more, destroy. Cleans up however it ends. With ARCHIVES, a folder
# of a release's files, it tries these in place of what it would build.
set -euo pipefail

step() { printf '\n\033[1m==> %s\033[0m\n' "$*"; }

# The emulator runs this script once more, for the steps that need it, in the folder of the configuration.
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

# Terraform installs the provider from a folder laid out as a mirror of the registry, so that nothing is downloaded.
mirror=$work/mirror/registry.terraform.io/voltagecloud/voltage
mkdir -p "$mirror" "$work/bin" "$work/configuration"
os=$(go env GOOS) arch=$(go env GOARCH)
if [ -n "${ARCHIVES:-}" ]; then
  step "Taking the provider and the emulator out of their archives"
  archive=$(cd "$ARCHIVES" && ls terraform-provider-voltage_*_"${os}_$arch.zip")
  cp "$ARCHIVES/$archive" "$mirror/"
  version=${archive#*_} version=${version%%_*}
  tar -xzf "$ARCHIVES/voltage-emulator_${version}_$os-$arch.tar.gz" -C "$work/bin" voltage-emulator
  # Terraform chooses a version with a suffix only where exactly that one is asked for.
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
  CGO_ENABLED=0 go build -o "$mirror/0.0.1/${os}_$arch/terraform-provider-voltage_v0.0.1$(go env GOEXE)" .
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
# The demo runs on the emulator and nowhere else, whatever the shell has of a real environment.
unset "${!VOLTAGE_@}"
script=$PWD/examples/demo/run.sh
cd "$work/configuration"
"$work/bin/voltage-emulator" exec -delay 300ms -- "$script" steps
