package tfkit_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// TestFailure_foreign: a creation that a proxy refuses, with everything else, may have been carried out, and base_url is what to check.
func TestFailure_foreign(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(http.StatusForbidden)
		_, _ = io.WriteString(w, "<p>denied</p>")
	}))
	t.Cleanup(server.Close)
	client, err := voltage.New(voltage.Config{
		BaseURL: server.URL,
		APIKey:  "key",
		Pace:    voltage.Pace{RetryMin: time.Millisecond, RetryMax: time.Millisecond},
	})
	if err != nil {
		t.Fatal(err)
	}
	err = client.CreateWallet(t.Context(), voltage.Ref{OrganizationID: uuid.New(), ID: uuid.New()}, voltage.NewWallet{})
	got := tfkit.Failure{Message: lampNotRead, Object: "Wallet 7", Err: err}.Diagnostic().Detail()
	if tfkit.IsRefused(err) || !strings.Contains(got, "base_url") || !strings.Contains(got, "never creates a second object") {
		t.Errorf("refused %t: %s", tfkit.IsRefused(err), got)
	}
}
