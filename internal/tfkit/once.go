package tfkit

import (
	"context"
	"sync"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// Once finds two resources of one configuration that manage one object, such as the policies of a wallet: each apply would undo what the
// other has set.
//
// Terraform does not tell a provider the address of a resource, and can plan one resource several times. So each resource keeps a token in
// its private state, from its creation or its first read on. Terraform passes the token on in a replacement, too. Two different tokens mean
// two resources. A token and the plan of a creation without a token mean two resources, too. No other case is reported, since a wrong error
// would be worse than a missing one.
type Once struct {
	Resource  string // the type, such as voltage_wallet_policies
	Attribute string // the attribute with the ID of the object
	Object    string // text before the ID in messages: "The policies of wallet "
}

// tokenKey is the key of the token in the private state.
const tokenKey = "token"

// owners has the resource that manages each object, as far as one walk of Terraform has shown it.
type owners struct {
	mu        sync.Mutex
	tokens    map[string]string // by object
	objects   map[string]string // by token
	newcomers map[string]bool   // objects for which the creation of a resource is planned
}

func (o *owners) lock() func() {
	o.mu.Lock()
	if o.tokens == nil {
		o.tokens, o.objects, o.newcomers = map[string]string{}, map[string]string{}, map[string]bool{}
	}
	return o.mu.Unlock
}

// own records that the resource with the token manages the object. It returns false if another resource manages it.
func (o *owners) own(object, token string) bool {
	if owner, taken := o.tokens[object]; taken && owner != token {
		return false
	}
	o.release(token)
	o.tokens[object], o.objects[token] = token, object
	return true
}

func (o *owners) release(token string) {
	if object, ok := o.objects[token]; ok && o.tokens[object] == token {
		delete(o.tokens, object)
	}
	delete(o.objects, token)
}

func (one Once) key(id uuid.UUID) string { return one.Resource + "/" + id.String() }

var (
	managedTwice = Declare(Message{
		Warning: true,
		Summary: "Managed Twice",
		Detail:  "{OBJECT}: two {TYPE} resources in this configuration manage the same object. Each apply undoes the changes of the other.",
		Next:    []string{"Keep one of the two resources. Remove the other one from the state (terraform state rm) and from the configuration."},
	})
	managedAlready = Declare(Message{
		Summary: "Managed Twice",
		Detail:  "{OBJECT}: another {TYPE} in this configuration manages the same object. Each apply would undo the changes of the other.",
		Next:    []string{"Keep one of the two resources, and put all settings into it."},
	})
)

// Plan compares a planned resource with the resources that were planned before. If a second resource for the same object would be created,
// it adds an error. If both resources exist already, it only warns, so that they can still be destroyed.
func (one Once) Plan(ctx context.Context, s *Settings, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse, id UUID) {
	known, ok := id.ID()
	if req.Plan.Raw.IsNull() || !ok {
		return
	}
	object := one.Object + known.String()
	token := Recall[string](ctx, req.Private, tokenKey, &resp.Diagnostics)
	owners := Store[owners](s)
	defer owners.lock()()
	switch key := one.key(known); {
	case token != nil && owners.newcomers[key]:
		one.refuse(object, &resp.Diagnostics)
	case token != nil && !owners.own(key, *token):
		managedTwice.AddAt(&resp.Diagnostics, path.Root(one.Attribute), Values{"OBJECT": object, "TYPE": one.Resource})
	case token == nil && req.State.Raw.IsNull():
		if _, taken := owners.tokens[key]; taken {
			one.refuse(object, &resp.Diagnostics)
		}
		owners.newcomers[key] = true
	}
}

func (one Once) refuse(object string, diags *diag.Diagnostics) {
	managedAlready.AddAt(diags, path.Root(one.Attribute), Values{"OBJECT": object, "TYPE": one.Resource})
}

// Create gives a new resource its token, or adds an error if another resource manages the object.
func (one Once) Create(ctx context.Context, s *Settings, private WritablePrivate, id uuid.UUID, diags *diag.Diagnostics) {
	token, err := voltage.NewID()
	if err != nil {
		return // without a token, the resource cannot be compared
	}
	owners := Store[owners](s)
	defer owners.lock()()
	delete(owners.newcomers, one.key(id))
	if !owners.own(one.key(id), token.String()) {
		one.refuse(one.Object+id.String(), diags)
		return
	}
	diags.Append(Remember(ctx, private, tokenKey, token.String())...)
}

// Release frees the object after a creation that has left nothing in the state.
func (one Once) Release(s *Settings, id uuid.UUID) {
	owners := Store[owners](s)
	defer owners.lock()()
	owners.release(owners.tokens[one.key(id)])
}

// Read gives a token to a resource without one, such as an imported resource.
func (one Once) Read(ctx context.Context, private Private, kept WritablePrivate) diag.Diagnostics {
	var diags diag.Diagnostics
	if token := Recall[string](ctx, private, tokenKey, &diags); token != nil {
		return diags
	}
	if token, err := voltage.NewID(); err == nil {
		diags.Append(Remember(ctx, kept, tokenKey, token.String())...)
	}
	return diags
}

// Forget frees the object of a resource that is destroyed. A tainted resource is deleted without its private state, so the token can be
// missing.
func (one Once) Forget(ctx context.Context, s *Settings, private Private, id UUID) diag.Diagnostics {
	var diags diag.Diagnostics
	token := Recall[string](ctx, private, tokenKey, &diags)
	owners := Store[owners](s)
	defer owners.lock()()
	if known, ok := id.ID(); token == nil && ok {
		owners.release(owners.tokens[one.key(known)])
	}
	if token != nil {
		owners.release(*token)
	}
	return diags
}
