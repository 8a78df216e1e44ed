package acctest

import (
	"context"
	"strings"
)

// MustApply applies a configuration, which has to succeed, and to plan nothing more after a refresh. It returns the warnings.
func (p *Protocol) MustApply(ctx context.Context, instance *Instance, config Config) string {
	p.t.Helper()
	diags := p.Apply(ctx, instance, config)
	if diags.Errors() != "" {
		p.t.Fatalf("applying: %s", diags.Errors())
	}
	p.MustPlanNothing(ctx, instance, config)
	return diags.Warnings()
}

// MustPlanNothing refreshes and plans: there may be nothing to do.
func (p *Protocol) MustPlanNothing(ctx context.Context, instance *Instance, config Config) {
	p.t.Helper()
	if diags := p.Refresh(ctx, instance); diags.Errors() != "" {
		p.t.Fatalf("refreshing: %s", diags.Errors())
	}
	if plan := p.Plan(ctx, instance, config); plan.Changes() || plan.Diagnostics.Errors() != "" {
		p.t.Fatalf("the plan is not empty: %v %s\nstate %s\nplan  %s", plan.Paths, plan.Diagnostics.Errors(), instance.State, plan.planned)
	}
}

// MustRead reads a data source.
func (p *Protocol) MustRead(ctx context.Context, kind string, config Config) *Instance {
	p.t.Helper()
	state, diags := p.ReadDataSource(ctx, kind, config)
	if diags.Errors() != "" {
		p.t.Fatalf("reading %s: %s", kind, diags.Errors())
	}
	return &Instance{Type: kind, State: state}
}

// Expect holds errors against texts that they have to have; without any there must be no error.
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
