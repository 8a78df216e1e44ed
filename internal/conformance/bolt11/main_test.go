package main

import (
	"bytes"
	"encoding/json"
	"testing"
)

// TestInvoices: the function reads every invoice that a payer may pay and refuses every other one, and the same seed makes the same ones.
func TestInvoices(t *testing.T) {
	t.Parallel()
	var first, second bytes.Buffer
	if err := write(t.Context(), &first, 3, 5); err != nil {
		t.Fatal(err)
	}
	if err := write(t.Context(), &second, 3, 5); err != nil || !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Errorf("not the same invoices: %v", err)
	}
	shapes := map[string]bool{}
	for decoder := json.NewDecoder(&first); decoder.More(); {
		var l line
		if err := decoder.Decode(&l); err != nil {
			t.Fatal(err)
		}
		shapes[l.Shape] = true
		if l.Valid != (l.Error == "") || l.Valid != (l.Read != nil) {
			t.Errorf("%s: %s: %q, %v", l.Shape, l.Invoice, l.Error, l.Read)
		}
	}
	if len(shapes) < 60 {
		t.Errorf("%d shapes", len(shapes))
	}
}
