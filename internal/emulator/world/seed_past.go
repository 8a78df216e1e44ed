package world

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"
)

// SeedAsset is a Taproot asset that an organization of a seed can use.
type SeedAsset struct {
	ID             string `json:"id"`
	Name           string `json:"name"`
	Network        string `json:"network"`
	DecimalDisplay int    `json:"decimal_display"`
}

// SeedCheckout are the checkout settings of an environment of a seed.
type SeedCheckout struct {
	OriginPolicy   string   `json:"origin_policy"`
	AllowedOrigins []string `json:"allowed_origins"`
}

// SeedWebhook is a webhook of a seed.
type SeedWebhook struct {
	ID      *seedID             `json:"id"`
	Name    string              `json:"name"`
	URL     string              `json:"url"`
	Events  map[string][]string `json:"events"` // by family
	Secret  string              `json:"secret"` // absent: derived from the ID
	Stopped bool                `json:"stopped"`
}

// SeedPolicies are the policies of a wallet of a seed.
type SeedPolicies struct {
	MaxPaymentSizeSats    *int64  `json:"max_payment_size_sats"`
	TransactionsPerMinute *int64  `json:"transactions_per_minute"`
	SendVolumeLimitSats   *int64  `json:"send_volume_limit_sats"`
	OFACCompliant         bool    `json:"ofac_compliant"`
	ReflexTemplateID      *seedID `json:"reflex_template_id"`
	SendBasisPoints       *int64  `json:"send_basis_points"` // if only one of the two rates is set, the other is 0
	ReceiveBasisPoints    *int64  `json:"receive_basis_points"`
}

// SeedPayment is a payment of a wallet of a seed.
type SeedPayment struct {
	ID          *seedID           `json:"id"`
	Direction   string            `json:"direction"` // absent: receive
	Kind        string            `json:"kind"`      // absent: bolt11
	Amount      *int64            `json:"amount"`
	Status      string            `json:"status"` // absent: completed
	Description string            `json:"description"`
	Metadata    map[string]string `json:"metadata"`
	CreatedAt   *seedTime         `json:"created_at"` // absent: the start
	Expiration  *int64            `json:"expiration"` // only for a receive, in seconds; absent: an hour
	Error       string            `json:"error"`      // only for a failed payment
}

// assetForm is a Taproot asset's ID.
var assetForm = regexp.MustCompile(`^[0-9a-fA-F]{66}$`)

func (s *seeding) asset(at string, a SeedAsset) Asset {
	if !assetForm.MatchString(a.ID) {
		s.refuse(at+".id", "%q is not 66 hex characters", a.ID)
	}
	if a.Name == "" {
		s.refuse(at+".name", "an asset must have a name")
	}
	if a.DecimalDisplay < 0 || a.DecimalDisplay > 18 {
		s.refuse(at+".decimal_display", "%d is not from 0 to 18", a.DecimalDisplay)
	}
	return Asset{ID: a.ID, Name: a.Name, Network: s.network(at+".network", a.Network), DecimalDisplay: a.DecimalDisplay}
}

func (s *seeding) checkout(at string, c *SeedCheckout) Checkout {
	s.oneOf(at+".origin_policy", c.OriginPolicy, "deny_all", "allowlist", "allow_all")
	if (c.OriginPolicy == "allowlist") != (len(c.AllowedOrigins) > 0) {
		s.refuse(at+".allowed_origins", "allowlist requires at least one origin, and every other policy allows none")
	}
	each(c.AllowedOrigins, at+".allowed_origins", func(at, origin string) any {
		if !exactOrigin.MatchString(origin) {
			s.refuse(at, "%q is not an exact browser origin, such as https://shop.example", origin)
		}
		return nil
	})
	return Checkout{OriginPolicy: c.OriginPolicy, AllowedOrigins: append([]string{}, c.AllowedOrigins...)}
}

// webhookEvents are the events of the contract by their families, in its order.
var webhookEvents = []struct {
	family string
	names  []string
}{
	{"send", []string{"succeeded", "failed"}},
	{"receive", []string{"generated", "detected", "refreshed", "expired", "succeeded", "completed", "failed"}},
	{"test", []string{"created"}},
}

func (s *seeding) webhook(at string, w SeedWebhook, environment uuid.UUID) WebhookDefinition {
	webhook := WebhookDefinition{EnvironmentID: environment, URL: w.URL, Name: w.Name, Secret: w.Secret, Stopped: w.Stopped}
	webhook.ID = s.id(at, w.ID, environment, "webhook", w.Name)
	if strings.TrimSpace(w.Name) == "" {
		s.refuse(at+".name", "a webhook must have a name")
	}
	if w.URL == "" {
		s.refuse(at+".url", "a webhook must have a URL")
	}
	left := len(w.Events)
	for _, known := range webhookEvents {
		names, listens := w.Events[known.family]
		if listens {
			left--
		}
		for i, name := range names {
			s.oneOf(at+".events."+known.family+"["+strconv.Itoa(i)+"]", name, known.names...)
			if event := (Event{known.family, name}); !slices.Contains(webhook.Events, event) {
				webhook.Events = append(webhook.Events, event)
			}
		}
	}
	if left > 0 {
		s.refuse(at+".events", "the families of events are send, receive and test")
	}
	return webhook
}

func (s *seeding) policies(at string, p *SeedPolicies) Policies {
	for field, value := range map[string]*int64{
		"max_payment_size_sats": p.MaxPaymentSizeSats, "transactions_per_minute": p.TransactionsPerMinute,
		"send_volume_limit_sats": p.SendVolumeLimitSats,
	} {
		if value != nil && *value < 0 {
			s.refuse(at+"."+field, "%d is below 0", *value)
		}
	}
	policies := Policies{
		MaxPaymentSizeSats: p.MaxPaymentSizeSats, TransactionsPerMinute: p.TransactionsPerMinute, SendVolumeLimitSats: p.SendVolumeLimitSats,
		OFACCompliant: p.OFACCompliant,
	}
	if p.ReflexTemplateID != nil {
		id := uuid.UUID(*p.ReflexTemplateID)
		policies.ReflexTemplateID = &id
	}
	if p.SendBasisPoints != nil || p.ReceiveBasisPoints != nil {
		none := int64(0)
		fee := ProcessingFee{*cmp.Or(p.SendBasisPoints, &none), *cmp.Or(p.ReceiveBasisPoints, &none)}
		s.basisPoints(at, fee.SendBasisPoints, fee.ReceiveBasisPoints)
		policies.ProcessingFee = &fee
	}
	return policies
}

// basisPoints refuses invalid processing fees.
func (s *seeding) basisPoints(at string, send, receive int64) {
	for field, points := range map[string]int64{"send_basis_points": send, "receive_basis_points": receive} {
		if points < 0 || points > 10_000 {
			s.refuse(at+"."+field, "%d is not from 0 to 10000, hundredths of a percent", points)
		}
	}
}

// payment reads a payment. Its ID is derived from its place in the list.
func (s *seeding) payment(at, place string, p SeedPayment, wallet uuid.UUID) PastPayment {
	payment := PastPayment{
		Wallet: wallet, Direction: cmp.Or(p.Direction, "receive"), Kind: cmp.Or(p.Kind, "bolt11"), Description: p.Description,
		Metadata: p.Metadata, Status: cmp.Or(p.Status, "completed"), Problem: p.Error, CreatedAt: p.CreatedAt.time(),
	}
	payment.ID = s.id(at, p.ID, wallet, "payment", place)
	s.oneOf(at+".direction", payment.Direction, "receive", "send")
	s.oneOf(at+".kind", payment.Kind, "bolt11", "onchain", "bip21")
	if payment.Direction == "send" {
		s.oneOf(at+".status", payment.Status, "completed", "failed")
	} else {
		s.oneOf(at+".status", payment.Status, "receiving", "completed", "expired", "failed")
	}
	if p.Amount == nil || *p.Amount < 1 {
		s.refuse(at+".amount", "a payment must have an amount above 0, in base units of the currency of its wallet")
	} else {
		payment.Amount = *p.Amount
	}
	switch {
	case p.Expiration != nil && payment.Direction == "send":
		s.refuse(at+".expiration", "only a receive expires")
	case p.Expiration != nil && (*p.Expiration < 1 || *p.Expiration > maxPaymentLife):
		s.refuse(at+".expiration", "%d is not from 1 to %d seconds", *p.Expiration, maxPaymentLife)
	case p.Expiration != nil:
		payment.Expiration = *p.Expiration
	}
	if p.Error != "" && payment.Status != "failed" {
		s.refuse(at+".error", "only a payment with the status failed can have an error")
	}
	return payment
}

// past reads the policies and payments of a wallet, and adds them to the organization.
func (s *seeding) past(at string, w SeedWallet, wallet uuid.UUID, into *Organization) {
	if w.Policies != nil {
		if into.Policies == nil {
			into.Policies = map[uuid.UUID]Policies{}
		}
		into.Policies[wallet] = s.policies(at+".policies", w.Policies)
	}
	for i, p := range w.Payments {
		place := strconv.Itoa(i)
		into.Payments = append(into.Payments, s.payment(at+".payments["+place+"]", place, p, wallet))
	}
}
