package emulator

import (
	"testing"
)

// TestReasons: a refusal names the field and what it has to be, of the kind of request that was meant.
func TestReasons(t *testing.T) {
	t.Parallel()
	c, err := readContract()
	if err != nil {
		t.Fatal(err)
	}
	for body, want := range map[string]string{
		`{"id":"b05c4159-bec6-4bea-b95e-55f9811592f7","wallet_id":"b05c4159-bec6-4bea-b95e-55f9811592f7","currency":"btc","type":"bip21",` +
			`"data":{"payment_request":"bitcoin:x"}}`: `data.address: property "address" is missing`,
		`{"id":"b05c4159-bec6-4bea-b95e-55f9811592f7","wallet_id":"b05c4159-bec6-4bea-b95e-55f9811592f7","payment_kind":"bolt11",` +
			`"amount":{"currency":"btc","amount":"1"}}`: `amount.amount: value must be an integer`,
		`[]`: `value must be an object`,
	} {
		f := fixture{operation: c.operations["create_payment"]}
		r := f.request([]byte(body), f.path(fixtureEnvironment))
		if got := reason(c.checkRequest(f.operation, r, []byte(body)).body); got != want {
			t.Errorf("%s: %q, want %q", body, got, want)
		}
	}
}
