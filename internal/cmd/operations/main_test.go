package main

import (
	"strings"
	"testing"

	"github.com/voltagecloud/terraform-provider-voltage/internal/cmd/section"
	"github.com/voltagecloud/terraform-provider-voltage/internal/operations"
)

// TestGuide: the guide has the operations as they are declared.
func TestGuide(t *testing.T) {
	t.Parallel()
	text, err := table()
	if err != nil {
		t.Fatal(err)
	}
	before, after, err := section.Generated("../../../"+guide, text)
	if err != nil {
		t.Fatal(err)
	}
	if before != after {
		t.Errorf("%s differs from the code: run make generate", guide)
	}
}

// TestTable: each operation has a row, with where it lives and what the emulator serves.
func TestTable(t *testing.T) {
	t.Parallel()
	text, err := table()
	if err != nil {
		t.Fatal(err)
	}
	rows := strings.Split(strings.TrimSpace(text), "\n")[2:]
	if len(rows) != 47 || len(rows) != len(operations.All()) {
		t.Errorf("the table has %d rows", len(rows))
	}
	const pages = "https://registry.terraform.io/providers/voltagecloud/voltage/latest/docs/"
	for _, want := range []string{
		"| `get_wallet` | [`voltage_wallet`](" + pages + "resources/wallet)<br>data [`voltage_wallet`](" + pages +
			"data-sources/wallet) with `id` | " +
			"`GET /organizations/{organization_id}/wallets/{wallet_id}` |",
		"| `test_webhook` | action [`voltage_webhook_test`](" + pages + "actions/webhook_test) | ",
		"| `get_quotes_as_user` | not exposed: A quote expires soon",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the table lacks %q", want)
		}
	}
	if strings.Contains(text, "not served") {
		t.Error("the emulator lacks an operation")
	}
}
