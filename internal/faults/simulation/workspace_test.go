package simulation

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
)

// workspace is a configuration and a state, and the steps of a person with them.
type workspace struct {
	s        *simulation
	name     string
	number   int
	world    *acctest.World
	at       environment
	provider acctest.Config

	// config has the wanted resources, and state has the resources of Terraform's state, by address.
	config map[string]*wanted
	mu     sync.Mutex
	state  map[string]*acctest.Instance
	// lost are the IDs of the objects of killed creations, by their address. Such an object may exist without being in a state.
	lost map[string]string
	// sends are the payments that the workspace wants, by ID.
	sends map[string]*sending
	// versions makes names that were never used before.
	versions int
}

// wanted is a resource of a configuration.
type wanted struct {
	kind   string
	values acctest.Config
	// of is the address of its wallet, and ofAttribute is the attribute with the wallet's ID.
	of, ofAttribute string
}

// addresses are the resources that a configuration can have, each with its kind and the wallet that it belongs to.
var addresses = []struct{ address, kind, of string }{
	{"wallet.a", "voltage_wallet", ""},
	{"wallet.b", "voltage_wallet", ""},
	{"wallet.own", "voltage_wallet", ""},
	{"webhook.a", "voltage_webhook", ""},
	{"webhook.own", "voltage_webhook", ""},
	{"settings", "voltage_checkout_settings", ""},
	{"line", "voltage_sandbox_line_of_credit", ""},
	{"policies.a", "voltage_wallet_policies", "wallet.a"},
	{"request.b", "voltage_payment_request", "wallet.b"},
	{"request.own", "voltage_payment_request", "wallet.own"},
	{"session.b", "voltage_checkout_session", "wallet.b"},
}

func newWorkspace(s *simulation, number int, at environment) *workspace {
	w := &workspace{
		s: s, number: number, name: fmt.Sprint("w", number), at: at, config: map[string]*wanted{}, state: map[string]*acctest.Instance{},
		lost: map[string]string{}, sends: map[string]*sending{},
		provider: acctest.Config{
			"api_key": at.key, "organization_id": at.organization.String(), "environment_id": at.environment.String(),
		},
	}
	w.world = s.world
	return w
}

func (w *workspace) decision() string { return "workspace " + w.name }

// step is one step of a person.
func (w *workspace) step(number int) {
	name := fmt.Sprintf("%s/%d", w.name, number)
	if w.s.without["step "+name] {
		return
	}
	random := w.s.of("step " + name)
	time.Sleep(time.Duration(random.IntN(20_000_000_000)))
	kinds := []struct {
		weight int
		name   string
		do     func(name string, random *rand.Rand)
	}{
		{50, "change and apply", func(name string, random *rand.Rand) {
			w.change(random)
			w.apply(name)
		}},
		{10, "apply", func(name string, _ *rand.Rand) { w.apply(name) }},
		{10, "refresh", func(name string, _ *rand.Rand) { w.refresh(name) }},
		{4, "destroy", func(name string, _ *rand.Rand) { w.destroy(name) }},
		{14, "send", w.send},
		{8, "import", w.reimport},
		{6, "taint", w.taint},
		{8, "drift", w.drift},
		{6, "read", w.read},
	}
	total := 0
	for _, kind := range kinds {
		total += kind.weight
	}
	at := random.IntN(total)
	for _, kind := range kinds {
		if at -= kind.weight; at < 0 {
			w.s.happened("step " + name)
			w.s.note(w, name, "STEP "+kind.name)
			kind.do(name, random)
			return
		}
	}
}

// change changes one to three resources of the configuration.
func (w *workspace) change(random *rand.Rand) {
	for range 1 + random.IntN(3) {
		resource := addresses[random.IntN(len(addresses))]
		if (resource.address == "settings" || resource.address == "line") && w.number == 1 {
			continue // the first workspace of the environment manages them
		}
		current := w.config[resource.address]
		switch {
		case current == nil:
			w.add(resource.address, random)
		case random.IntN(4) == 0:
			w.remove(resource.address)
		default:
			w.modify(resource.address, current, random)
		}
	}
	var lines []string
	for _, address := range slices.Sorted(maps.Keys(w.config)) {
		lines = append(lines, fmt.Sprintf("%s%v", address, w.config[address].values))
	}
	w.s.note(w, "", "CONFIG "+strings.Join(lines, " "))
}

// newName returns a name that was never used before.
func (w *workspace) newName(address string) string {
	w.versions++
	return fmt.Sprintf("%s %s %d", w.name, address, w.versions)
}

// add adds a resource, and the wallet that it belongs to.
func (w *workspace) add(address string, random *rand.Rand) {
	if w.config[address] != nil {
		return
	}
	i := slices.IndexFunc(addresses, func(a struct{ address, kind, of string }) bool { return a.address == address })
	resource := addresses[i]
	if resource.of != "" {
		w.add(resource.of, random)
	}
	add := &wanted{kind: resource.kind, of: resource.of, values: acctest.Config{}}
	if add.of != "" {
		add.ofAttribute = "wallet_id"
	}
	w.config[address] = add
	switch add.kind {
	case "voltage_wallet":
		add.values = acctest.Config{
			"name": w.newName(address), "network": "mutinynet", "line_of_credit_id": w.at.line.String(), "limit": 1000 * (1 + random.IntN(9)),
		}
		if random.IntN(2) == 0 {
			add.values["metadata"] = acctest.Config{"team": "payments"}
		}
	case "voltage_webhook":
		add.values = acctest.Config{
			"name": w.newName(address), "url": "https://shop.example/hooks", "events": acctest.Config{"receive": []any{"completed"}},
			"enabled": random.IntN(2) == 0,
		}
	case "voltage_checkout_settings":
		add.values = acctest.Config{"origin_policy": "allowlist", "allowed_origins": []any{"https://shop.example"}}
	case "voltage_sandbox_line_of_credit":
		add.values = acctest.Config{"line_of_credit_id": w.at.line.String(), "limit": 90_000_000_000 + random.IntN(1000)}
	case "voltage_wallet_policies":
		add.values = acctest.Config{"max_payment_size_sats": 100_000 + random.IntN(1000)}
	case "voltage_payment_request", "voltage_checkout_session":
		add.values = acctest.Config{"kind": "bolt11", "amount": acctest.Config{"amount": 1000 * (1 + random.IntN(50)), "currency": "btc"}}
	}
	if strings.HasSuffix(address, ".own") {
		w.newID(address)
	}
}

// newID gives a resource another ID that the user chooses, with adopt_existing.
func (w *workspace) newID(address string) {
	resource := w.config[address]
	resource.values["id"] = w.s.id(fmt.Sprint(w.name, address, w.versions, resource.values["id"])).String()
	if resource.kind != "voltage_checkout_session" {
		resource.values["adopt_existing"] = true
	}
}

// remove removes a resource and the resources that belong to it.
func (w *workspace) remove(address string) {
	delete(w.config, address)
	for dependent, resource := range w.config {
		if resource.of == address {
			delete(w.config, dependent)
		}
	}
}

// modify changes a resource, in place or with a replacement.
func (w *workspace) modify(address string, current *wanted, random *rand.Rand) {
	replaces := false
	switch current.kind {
	case "voltage_wallet":
		if replaces = random.IntN(3) == 0; replaces {
			current.values["limit"] = 1000 * (10 + random.IntN(90))
		}
		current.values["name"] = w.newName(address)
	case "voltage_webhook":
		switch random.IntN(4) {
		case 0:
			version, _ := current.values["secret_version"].(int)
			current.values["secret_version"] = version + 1
		case 1:
			current.values["enabled"] = current.values["enabled"] != true
		default:
			current.values["name"] = w.newName(address)
		}
	case "voltage_checkout_settings":
		current.values = acctest.Config{"origin_policy": "allow_all"}
		if random.IntN(2) == 0 {
			current.values = acctest.Config{"origin_policy": "allowlist", "allowed_origins": []any{w.origin(random)}}
		}
	case "voltage_sandbox_line_of_credit":
		current.values["limit"] = 90_000_000_000 + random.IntN(1000)
	case "voltage_wallet_policies":
		current.values["max_payment_size_sats"] = 100_000 + random.IntN(1000)
	default:
		replaces = true
		current.values["amount"] = acctest.Config{"amount": 1000 * (51 + random.IntN(50)), "currency": "btc"}
	}
	if replaces && current.values["id"] != nil {
		w.newID(address)
	}
}

func (w *workspace) origin(random *rand.Rand) string {
	return fmt.Sprintf("https://shop%d.example", random.IntN(9))
}

// known returns a copy of a resource in the state, or an empty instance.
func (w *workspace) known(address, kind string) *acctest.Instance {
	w.mu.Lock()
	defer w.mu.Unlock()
	if instance := w.state[address]; instance != nil {
		known := *instance
		return &known
	}
	return &acctest.Instance{Type: kind}
}

// commit writes the result of a call into the state.
func (w *workspace) commit(address string, instance *acctest.Instance) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if instance.State.IsNull() {
		delete(w.state, address)
		return
	}
	committed := *instance
	w.state[address] = &committed
}

// call makes one call of the provider about a resource, commits its result, and checks the invariants. It returns false if the call failed
// or the provider was killed.
func (w *workspace) call(
	p *process, address, kind, what string, do func(ctx context.Context, instance *acctest.Instance) acctest.Diagnostics,
) bool {
	w.s.calls.Add(1)
	before := w.known(address, kind)
	instance := w.known(address, kind)
	var diags acctest.Diagnostics
	c, completed := p.call(address, func(ctx context.Context) { diags = do(ctx, instance) })
	if c == nil {
		return false
	}
	w.commit(address, instance) // the results of ended calls count, even if the provider was killed later
	if !completed {
		w.s.note(w, p.name, fmt.Sprintf("%s %s: KILLED", what, address))
		w.s.killed(w, address, c)
		w.s.checkKept(w, what, address, before, instance)
		w.s.checkWorld()
		return false
	}
	said := diags.Errors()
	if said == "" {
		said = "ok"
	}
	w.s.note(w, p.name, fmt.Sprintf("%s %s: %s", what, address, strings.ReplaceAll(said, "\n", " / ")))
	w.s.checkCall(w, what, address, before, instance, diags, c)
	w.s.checkWorld()
	return diags.Errors() == ""
}

// together runs functions at the same time, as Terraform does with independent resources. They begin a moment apart.
func (w *workspace) together(name string, functions []func()) {
	random := w.s.of("together " + name)
	var running sync.WaitGroup
	for _, f := range functions {
		wait := time.Duration(random.IntN(50_000_000))
		running.Go(func() {
			time.Sleep(wait)
			guarded(f)
		})
	}
	running.Wait()
}

// level is the order of creation: wallets come before the resources that belong to them.
func (w *workspace) level(address string) int {
	for _, resource := range addresses {
		if resource.address == address && resource.of != "" {
			return 1
		}
	}
	return 0
}

func kindOf(address string) string {
	for _, resource := range addresses {
		if resource.address == address {
			return resource.kind
		}
	}
	return ""
}

// refresh reads every resource of the state again.
func (w *workspace) refresh(name string) bool {
	p, protocol := w.start(name + " refresh")
	defer p.interrupt()
	return w.refreshBy(p, protocol)
}

func (w *workspace) refreshBy(p *process, protocol *acctest.Protocol) bool {
	ok := true
	var mu sync.Mutex
	var reads []func()
	for _, address := range w.addressesOfState() {
		reads = append(reads, func() {
			done := w.call(p, address, kindOf(address), "refresh", protocol.Refresh)
			mu.Lock()
			defer mu.Unlock()
			ok = ok && done
		})
	}
	w.together(p.name, reads)
	return ok
}

func (w *workspace) addressesOfState() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Sorted(maps.Keys(w.state))
}

// configOf returns the configuration of a resource with the ID of its wallet. It returns false if the wallet does not exist.
func (w *workspace) configOf(address string) (acctest.Config, bool) {
	resource := w.config[address]
	values := maps.Clone(resource.values)
	if resource.of == "" {
		return values, true
	}
	wallet := w.known(resource.of, "voltage_wallet")
	if wallet.State.IsNull() || wallet.Tainted || wallet.String("id") == "" {
		return nil, false
	}
	values[resource.ofAttribute] = wallet.String("id")
	return values, true
}

// apply does what terraform apply does: it refreshes and plans, and then deletes, creates and changes. Before that, it searches for the
// objects of killed creations, as the documentation says.
func (w *workspace) apply(name string) bool {
	w.recover(name)
	p, protocol := w.start(name + " plan")
	ok := w.refreshBy(p, protocol)
	if ok {
		for _, address := range slices.Sorted(maps.Keys(w.config)) {
			config, known := w.configOf(address)
			if !known {
				continue
			}
			plan := func(ctx context.Context, instance *acctest.Instance) acctest.Diagnostics {
				return protocol.Plan(ctx, instance, config).Diagnostics
			}
			planned := w.call(p, address, w.config[address].kind, "plan", plan)
			ok = ok && (planned || config["id"] != nil && p.alive()) // which put solves
		}
	}
	p.interrupt()
	if !ok {
		return false
	}
	p, protocol = w.start(name + " apply")
	defer p.interrupt()
	ok = w.deleteAll(p, protocol, func(address string) bool { return w.config[address] == nil })
	for level := range 2 {
		results := make([]bool, len(addresses))
		var changes []func()
		for i, resource := range addresses {
			results[i] = true
			if w.config[resource.address] == nil || w.level(resource.address) != level {
				continue
			}
			changes = append(changes, func() {
				results[i] = false
				results[i] = w.put(p, protocol, resource.address)
			})
		}
		w.together(fmt.Sprint(name, level), changes)
		ok = ok && !slices.Contains(results, false)
	}
	return ok
}

// put creates, changes or replaces one resource. The resources of a replaced wallet are deleted before the wallet.
func (w *workspace) put(p *process, protocol *acctest.Protocol, address string) bool {
	resource := w.config[address]
	config, known := w.configOf(address)
	if !known {
		return false
	}
	replaces := false
	plan := func(ctx context.Context, instance *acctest.Instance) acctest.Diagnostics {
		plan := protocol.Plan(ctx, instance, config)
		replaces = plan.Replaces
		return plan.Diagnostics
	}
	ok := w.call(p, address, resource.kind, "plan", plan)
	if !ok && p.alive() && resource.values["id"] != nil { // an ID that the user chose cannot be used again
		w.newID(address)
		config["id"] = resource.values["id"]
		ok = w.call(p, address, resource.kind, "plan with another ID", plan)
	}
	if !ok {
		return false
	}
	if replaces && !w.deleteAll(p, protocol, func(other string) bool {
		i := slices.IndexFunc(addresses, func(a struct{ address, kind, of string }) bool { return a.address == other })
		return addresses[i].of == address
	}) {
		return false
	}
	return w.call(p, address, resource.kind, "apply", func(ctx context.Context, instance *acctest.Instance) acctest.Diagnostics {
		return protocol.ApplyUnrefreshed(ctx, instance, config)
	})
}

// deleteAll deletes the resources of the state that a function selects. The resources of wallets come before the wallets.
func (w *workspace) deleteAll(p *process, protocol *acctest.Protocol, wanted func(address string) bool) bool {
	ok := true
	var mu sync.Mutex
	for level := 1; level >= 0; level-- {
		var deletions []func()
		for _, address := range w.addressesOfState() {
			if w.level(address) != level || !wanted(address) {
				continue
			}
			deletions = append(deletions, func() {
				done := w.call(p, address, kindOf(address), "delete", protocol.Destroy)
				mu.Lock()
				defer mu.Unlock()
				ok = ok && done
			})
		}
		w.together(fmt.Sprint(p.name, "delete", level), deletions)
	}
	return ok
}

// destroy does what terraform destroy does.
func (w *workspace) destroy(name string) {
	if !w.refresh(name) {
		return
	}
	p, protocol := w.start(name + " destroy")
	defer p.interrupt()
	w.deleteAll(p, protocol, func(string) bool { return true })
}

// taint marks a resource as tainted, as terraform taint does. A resource whose ID the user has chosen cannot be replaced.
func (w *workspace) taint(name string, random *rand.Rand) {
	state := w.addressesOfState()
	if len(state) == 0 {
		return
	}
	address := state[random.IntN(len(state))]
	if strings.HasSuffix(address, ".own") {
		return
	}
	instance := w.known(address, kindOf(address))
	instance.Tainted = true
	w.commit(address, instance)
	w.apply(name)
}

// reimport removes a wallet or a webhook from the state, and imports it again.
func (w *workspace) reimport(name string, random *rand.Rand) {
	address := []string{"wallet.a", "wallet.b", "webhook.a"}[random.IntN(3)]
	instance := w.known(address, kindOf(address))
	id := instance.String("id")
	if id == "" || instance.Tainted {
		return
	}
	w.s.exemptAll(id) // it is in no state during the import
	w.commit(address, &acctest.Instance{Type: instance.Type, State: tftypes.Value{}})
	w.importAs(name, address, id)
}

// importAs imports an object, and continues until that has succeeded.
func (w *workspace) importAs(name, address, id string) {
	for attempt := range 12 {
		p, protocol := w.start(fmt.Sprintf("%s import %d", name, attempt))
		done := w.call(p, address, kindOf(address), "import", func(ctx context.Context, instance *acctest.Instance) acctest.Diagnostics {
			imported, diags := protocol.Import(ctx, kindOf(address), w.importID(address, id), nil)
			if diags.Errors() == "" && imported != nil {
				*instance = *imported
			}
			return diags
		})
		p.interrupt()
		if done && !w.known(address, kindOf(address)).State.IsNull() {
			w.s.exemptNoMore(id)
			return
		}
		time.Sleep(2 * time.Second)
	}
}

func (w *workspace) importID(address, id string) string {
	if strings.HasPrefix(address, "webhook") {
		return w.at.organization.String() + "/" + w.at.environment.String() + "/" + id
	}
	return w.at.organization.String() + "/" + id
}
