package emulator

import (
	"io"
	"net/http/httptest"
	"testing"
)

// TestCheckAnswerRemembers: a good answer that is remembered hides no breach: not one of another body, status, header or operation, and not
// the second time.
func TestCheckAnswerRemembers(t *testing.T) {
	t.Parallel()
	c, err := readContract()
	if err != nil {
		t.Fatal(err)
	}
	const path = apiPrefix + "/organizations/0b5a1c52-6a0b-4a53-9d3f-0a9a4f4f7a01/wallets"
	check := func(operation, contentType string, status int, body string) error {
		answer := httptest.NewRecorder()
		answer.Header().Set("Content-Type", contentType)
		answer.WriteHeader(status)
		_, _ = io.WriteString(answer, body)
		return c.checkAnswer(c.operations[operation], httptest.NewRequest("GET", path, nil), nil, answer)
	}
	const list = "get_all_organizations_wallets_as_user"
	for range 2 {
		if err := check(list, "application/json", 200, "[]"); err != nil {
			t.Errorf("a good answer: %v", err)
		}
		for name, breach := range map[string]error{
			"another body":      check(list, "application/json", 200, `[{}]`),
			"another status":    check(list, "application/json", 404, "[]"),
			"another header":    check(list, "text/html", 200, "[]"),
			"another operation": check("get_wallet", "application/json", 200, "[]"),
		} {
			if breach == nil {
				t.Errorf("%s is no breach", name)
			}
		}
	}
}
