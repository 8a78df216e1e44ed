package emulator

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator/console"
	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator/world"
)

// secretFields are the fields of the API whose values are secret.
var secretFields = regexp.MustCompile(`("(?:shared_secret|preimage)"\s*:\s*)"[^"]*"?`)

// hideSecrets removes the secrets of the API from a text: tokens of the checkout, secrets of webhooks, and preimages.
func hideSecrets(text string) string {
	return secretFields.ReplaceAllString(hideTokens(text), `${1}"hidden"`)
}

// shortKey shortens a key. A person can tell it from other keys, but nobody can use it.
func shortKey(secret string) string {
	if len(secret) < 16 {
		return "…"
	}
	return secret[:5] + "…" + secret[len(secret)-4:]
}

func (c forConsole) Requests(before, limit int, query string) (requests []console.Request, older bool) {
	found, older := c.e.recorder.newest(before, limit, func(r *Request) bool {
		return query == "" || contains(query, r.Path, r.RawQuery, r.Operation, r.Method, fmt.Sprint(r.Status), r.Fault)
	})
	c.e.mu.Lock()
	defer c.e.mu.Unlock()
	for _, r := range found {
		requests = append(requests, c.shownRequest(&r, false))
	}
	return requests, older
}

func (c forConsole) Request(number int) *console.Request {
	found, _ := c.e.recorder.newest(number+1, 1, func(r *Request) bool { return r.number == number })
	if len(found) == 0 {
		return nil
	}
	c.e.mu.Lock()
	defer c.e.mu.Unlock()
	request := c.shownRequest(&found[0], true)
	return &request
}

// shownRequest returns a request without secrets. The world is locked.
func (c forConsole) shownRequest(r *Request, whole bool) console.Request {
	request := console.Request{
		Number: r.number, Time: r.Time, Method: r.Method, Path: r.Path, Operation: r.Operation, Status: r.Status, Took: r.took, Fault: r.Fault,
		Agent: r.Header.Get("User-Agent"),
	}
	if r.RawQuery != "" {
		request.Path += "?" + r.RawQuery
	}
	c.showKey(&request, r)
	if whole {
		request.Body, request.Answer = shownBody(r.Body), shownBody(r.answer)
	}
	for secret := range c.e.world.View(c.e.config.Now()).Keys() { // a key belongs in a header, but keys in other places are hidden, too
		for _, text := range []*string{&request.Path, &request.Body, &request.Answer, &request.Agent, &request.Fault} {
			*text = strings.ReplaceAll(*text, secret, shortKey(secret))
		}
	}
	return request
}

// showKey adds the key of a request and its permissions.
func (c forConsole) showKey(request *console.Request, r *Request) {
	secret := r.Header.Get("X-Api-Key")
	if secret == "" {
		secret, _ = strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	}
	key, _ := c.e.world.Key(secret)
	switch {
	case secret == "":
		request.Key = "none"
		return
	case strings.HasPrefix(secret, "vlt_co"):
		request.Key = "checkout token"
		return
	case key == nil:
		request.Key = shortKey(secret) + " (unknown)"
		return
	}
	request.Key, request.Permissions, request.Opens = shortKey(secret), permissionsOf(key), "every environment of its organization"
	if key.Revoked {
		request.Key += " (revoked)"
	}
	if len(key.Environments) > 0 {
		names, opens := namesOf(c.e.world.View(c.e.config.Now())), []string{}
		for _, environment := range key.Environments {
			opens = append(opens, names.environment(environment))
		}
		request.Opens = strings.Join(opens, ", ")
	}
}

// permissionsOf returns the permissions of a key with the names of the contract.
func permissionsOf(key *world.Key) []string {
	var names []string
	for _, permission := range []struct {
		name string
		has  bool
	}{{"READ", key.Read}, {"WRITE", key.Write}, {"RECEIVE", key.Receive}, {"BILLING", key.Billing}} {
		if permission.has {
			names = append(names, permission.name)
		}
	}
	return names
}

func (c forConsole) ForgetRequests() { c.e.ResetRequests() }

func (c forConsole) Faults() []console.Fault {
	var faults []console.Fault
	for _, f := range c.e.Faults() {
		faults = append(faults, console.Fault{Operation: f.Operation, Nth: f.Nth, Times: f.Times, Effect: fmt.Sprint(f.Effect)})
	}
	return faults
}

func (c forConsole) Effects() []console.Effect {
	var effects []console.Effect
	for _, kind := range effectKinds {
		effects = append(effects, console.Effect{Name: kind.Name, Value: kind.Value, Takes: kind.Takes, Summary: kind.Summary})
	}
	return effects
}

func (c forConsole) Operations() []string { return c.e.Operations() }

func (c forConsole) SetFault(order console.FaultOrder) error {
	nth, times := cmp.Or(order.Nth, 1), cmp.Or(order.Times, 1)
	return c.e.InjectSpec(FaultSpec{
		Operation: order.Operation, Nth: &nth, Times: &times, Effect: order.Effect, After: order.After, RetryAfter: order.RetryAfter,
		Type: order.Type, Code: order.Code, Detail: order.Detail,
	})
}

func (c forConsole) ClearFaults() { c.e.ClearFaults() }
