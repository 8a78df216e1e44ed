package main

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
)

const root = "../../.."

// TestGuide: the guide has the messages as the code has them.
func TestGuide(t *testing.T) {
	t.Parallel()
	before, after, err := generated(root)
	if err != nil {
		t.Fatal(err)
	}
	if before != after {
		t.Errorf("%s differs from the code: run make generate", guide)
	}
}

var small = []string{"a", "an", "and", "at", "by", "in", "is", "its", "it", "of", "on", "than", "the", "to", "yet"}

// TestMessages: each message has a summary in title case that never varies, a detail that ends, and a next step.
func TestMessages(t *testing.T) {
	t.Parallel()
	messages, err := collect(root + "/internal")
	if err != nil {
		t.Fatal(err)
	}
	if len(messages) < 80 {
		t.Errorf("only %d messages were found", len(messages))
	}
	for _, m := range messages {
		for i, word := range strings.Fields(m.summary) {
			if !regexp.MustCompile(`^[A-Z][A-Za-z]*$`).MatchString(word) && (i == 0 || !slices.Contains(small, word)) {
				t.Errorf("%s: the summary %q varies, or is not in title case", m.at, m.summary)
			}
		}
		if m.summary == "" || m.summary == varying {
			t.Errorf("%s: no summary", m.at)
		}
		if !strings.HasSuffix(m.detail, ".") && !strings.HasSuffix(m.detail, varying) {
			t.Errorf("%s: the detail %q does not end", m.at, m.detail)
		}
		if len(m.next) == 0 && !m.byError {
			t.Errorf("%s: %q has no next step", m.at, m.detail)
		}
		for _, next := range m.next {
			if !strings.HasSuffix(next, ".") && !strings.HasSuffix(next, varying) {
				t.Errorf("%s: the next step %q does not end", m.at, next)
			}
		}
	}
	for _, step := range tfkit.NextSteps() {
		if step.When == "" || !strings.HasSuffix(step.Do, ".") {
			t.Errorf("no next step: %v", step)
		}
	}
}

// TestCollect: the messages that this package's own example has are found, in every way to write one.
func TestCollect(t *testing.T) {
	t.Parallel()
	messages, err := collect("testdata")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range messages {
		got = append(got, strings.Join([]string{m.summary, m.detail, strings.Join(m.next, " or ")}, " | "))
	}
	want := []string{
		`Direct Error | OBJECT: "…" is no value, 7% of it. | Choose … or ….`,
		`Not Made | OBJECT: REASON.` + "\nIt stays.\n" + `It goes. | Look at ….`,
		`Not Sent | OBJECT: REASON. | Give it. or Wait.`,
		`Set Twice | OBJECT: two resources …. | Keep one.`,
		`Direct Warning | Careful. | Think.`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
