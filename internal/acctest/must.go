package acctest

import "strings"

// MustApply applies, and ends the test unless that succeeds and the plan after it is empty.
func (p *Protocol) MustApply(instance *Instance, config Config) {
	p.t.Helper()
	if diags := p.Apply(p.t.Context(), instance, config); diags.Errors() != "" {
		p.t.Fatalf("applying: %s", diags.Errors())
	}
	p.planNothing(instance, config)
}

// MustPlanNothing refreshes and plans. It ends the test unless the plan is empty.
func (p *Protocol) MustPlanNothing(instance *Instance, config Config) {
	p.t.Helper()
	if diags := p.Refresh(p.t.Context(), instance); diags.Errors() != "" {
		p.t.Fatalf("refreshing: %s", diags.Errors())
	}
	p.planNothing(instance, config)
}

func (p *Protocol) planNothing(instance *Instance, config Config) {
	p.t.Helper()
	if plan := p.Plan(p.t.Context(), instance, config); plan.Changes() || plan.Diagnostics.Errors() != "" {
		p.t.Fatalf("the plan is not empty: %v %s\nstate %s\nplan  %s", plan.Paths, plan.Diagnostics.Errors(), instance.State, plan.planned)
	}
}

// MustRead reads a data source.
func (p *Protocol) MustRead(kind string, config Config) *Instance {
	p.t.Helper()
	state, diags := p.ReadDataSource(p.t.Context(), kind, config)
	if diags.Errors() != "" {
		p.t.Fatalf("reading %s: %s", kind, diags.Errors())
	}
	return &Instance{Type: kind, State: state}
}

// Expect checks that errors contain all texts. Without texts, there must be no errors.
func (p *Protocol) Expect(what string, diags Diagnostics, texts ...string) {
	p.t.Helper()
	got := diags.Errors()
	for _, text := range texts {
		if !strings.Contains(got, text) {
			p.t.Errorf("%s: the errors lack %q: %s", what, text, got)
		}
	}
	if len(texts) == 0 && got != "" {
		p.t.Errorf("%s: %s", what, got)
	}
}
