package world

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"
)

// Seed is a world that a user writes in JSON. It has the objects that are made in the dashboard, and the wallets that exist from the start.
// If an ID is left out, it is derived from the names, so it is the same in every run. To add a kind of object, add a field to its parent,
// and a method of [seeding] that reads it.
type Seed struct {
	Organizations seedList[SeedOrganization] `json:"organizations"`
}

// SeedOrganization is an organization of a seed.
type SeedOrganization struct {
	ID            *seedID                   `json:"id"`
	Name          string                    `json:"name"`
	Environments  seedList[SeedEnvironment] `json:"environments"`
	Keys          seedList[SeedKey]         `json:"keys"` // absent: one key with all permissions
	NotApproved   []string                  `json:"not_approved"`
	NoBankDetails []string                  `json:"no_bank_details"`
	NoWallets     []string                  `json:"no_wallets"`
	NoPayments    []string                  `json:"no_payments"`
	Assets        seedList[SeedAsset]       `json:"assets"`
	Treasury      bool                      `json:"treasury"`
}

// SeedEnvironment is an environment of a seed, with what belongs to it.
type SeedEnvironment struct {
	ID            *seedID                    `json:"id"`
	Name          string                     `json:"name"`
	LinesOfCredit seedList[SeedLineOfCredit] `json:"lines_of_credit"`
	Wallets       seedList[SeedWallet]       `json:"wallets"`
	Webhooks      seedList[SeedWebhook]      `json:"webhooks"`
	Checkout      *SeedCheckout              `json:"checkout"`
}

// SeedLineOfCredit is a line of credit of a seed.
type SeedLineOfCredit struct {
	ID                 *seedID            `json:"id"`
	Network            string             `json:"network"`
	Currency           string             `json:"currency"` // absent: btc
	Limit              *int64             `json:"limit"`
	Secured            string             `json:"secured"`  // conflicts with verified; secured if both are absent
	Verified           string             `json:"verified"` // conflicts with secured
	Waived             bool               `json:"waived"`   // conflicts with secured and verified
	Disabled           bool               `json:"disabled"`
	SendBasisPoints    int64              `json:"send_basis_points"`
	ReceiveBasisPoints int64              `json:"receive_basis_points"`
	PeriodLength       string             `json:"period_length"` // of its bills; absent: daily
	Bills              seedList[SeedBill] `json:"bills"`
}

// SeedKey is an API key or a token of a seed.
type SeedKey struct {
	Secret       string   `json:"secret"`
	Bearer       bool     `json:"bearer"`
	Environments []string `json:"environments"` // by name; absent: all
	Permissions  []string `json:"permissions"`  // absent: all
	Revoked      bool     `json:"revoked"`
}

// SeedWallet is a wallet of a seed.
type SeedWallet struct {
	ID             *seedID               `json:"id"`
	Name           string                `json:"name"`
	Network        string                `json:"network"`
	Limit          *int64                `json:"limit"`             // absent: no line of credit
	Currency       string                `json:"currency"`          // of the line of credit; absent: btc
	LineOfCreditID *seedID               `json:"line_of_credit_id"` // absent: the environment's line on this network in this currency
	Metadata       map[string]string     `json:"metadata"`
	Balances       seedList[SeedBalance] `json:"balances"`
	Policies       *SeedPolicies         `json:"policies"`
	Payments       seedList[SeedPayment] `json:"payments"` // made after the balances
}

// SeedBalance is the balance of a wallet of a seed in one currency.
type SeedBalance struct {
	Currency string `json:"currency"` // absent: the wallet's
	Amount   *int64 `json:"amount"`
}

// ReadSeed reads a seed. The error lists every mistake with its place. An unknown field is a mistake, too.
func ReadSeed(r io.Reader) ([]Organization, error) {
	content, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("reading the seed: %w", err)
	}
	var seed Seed
	if err := decodeSeed(content, &seed); err != nil {
		return nil, err
	}
	s := &seeding{ids: map[uuid.UUID]string{}, secrets: map[string]string{}}
	if len(seed.Organizations) == 0 {
		s.refuse("organizations", "a seed must have at least one organization")
	}
	organizations := each(seed.Organizations, "organizations", s.organization)
	slices.SortStableFunc(s.errs, func(a, b error) int { return cmp.Compare(a.Error(), b.Error()) })
	if err := errors.Join(s.errs...); err != nil {
		return nil, err
	}
	return organizations, nil
}

// FirstAccess returns the first organization, its first environment, and the first key that opens the environment. It prefers an API key to
// a token.
func FirstAccess(organizations []Organization) (organization, environment uuid.UUID, key Key, err error) {
	if len(organizations) == 0 || len(organizations[0].Environments) == 0 {
		return uuid.Nil, uuid.Nil, Key{}, errors.New("there is no organization with an environment")
	}
	o := organizations[0]
	first := o.Environments[0]
	for _, bearer := range []bool{false, true} {
		for _, k := range o.Keys {
			if k.Bearer == bearer && !k.Revoked && (len(k.Environments) == 0 || slices.Contains(k.Environments, first.ID)) {
				return o.ID, first.ID, k, nil
			}
		}
	}
	return uuid.Nil, uuid.Nil, Key{}, fmt.Errorf(
		"no key of organization %q opens its first environment, %q: give it one that is not revoked", o.Name, first.Name)
}

// seedNamespace is the namespace for IDs that are derived from names (UUID version 5, RFC 9562).
var seedNamespace = uuid.MustParse("5f0c3c4e-7d0b-4f0e-9a55-1c8a6f0b2d10")

// seeding makes a world from a seed, and collects its mistakes.
type seeding struct {
	errs    []error
	ids     map[uuid.UUID]string // the place of each ID
	secrets map[string]string    // the place of each secret
}

func (s *seeding) refuse(at, format string, args ...any) {
	s.errs = append(s.errs, fmt.Errorf("%s: %s", at, fmt.Sprintf(format, args...)))
}

// each reads the objects of a list, each with its place.
func each[From, To any](list []From, at string, read func(at string, object From) To) []To {
	result := make([]To, 0, len(list))
	for i, object := range list {
		result = append(result, read(fmt.Sprintf("%s[%d]", at, i), object))
	}
	return result
}

// id returns the given ID, or an ID that is derived from the parent of the object and its names.
func (s *seeding) id(at string, given *seedID, within uuid.UUID, kind string, names ...string) uuid.UUID {
	id := uuid.NewSHA1(within, []byte(kind+"/"+strings.Join(names, "/")))
	if given != nil {
		id = uuid.UUID(*given)
	}
	switch other, taken := s.ids[id]; {
	case id == uuid.Nil:
		s.refuse(at+".id", "an ID must not be all zeros")
	case taken && given != nil:
		s.refuse(at+".id", "%s has the same ID", other)
	case taken && kind != "environment": // whose names are checked anyway
		s.refuse(at, "%s has the same %s: give one of the two an id of its own", other, map[string]string{
			"organization": "name", "wallet": "name", "line_of_credit": "network and currency", "bill": "start_time",
			"webhook": "name",
		}[kind])
	}
	s.ids[id] = at
	return id
}

func (s *seeding) oneOf(at, value string, known ...string) {
	if !slices.Contains(known, value) {
		s.refuse(at, "%q is not one of %s", value, strings.Join(known, ", "))
	}
}

func (s *seeding) network(at, value string) string {
	s.oneOf(at, value, slices.Sorted(maps.Keys(prefixes))...)
	return value
}

func (s *seeding) currency(at, value string) string {
	value = cmp.Or(value, "btc")
	if !validCurrency(value) {
		s.refuse(at, "%q is not one of btc, usd, and asset: with 66 hex characters", value)
	}
	return value
}

func (s *seeding) organization(at string, o SeedOrganization) Organization {
	if o.Name == "" {
		s.refuse(at+".name", "an organization must have a name")
	}
	if len(o.Environments) == 0 {
		s.refuse(at+".environments", "an organization must have at least one environment")
	}
	result := Organization{
		ID: s.id(at, o.ID, seedNamespace, "organization", o.Name), Name: o.Name,
		NotApproved: o.NotApproved, NoBankDetails: o.NoBankDetails, NoWallets: o.NoWallets,
		NoPayments: o.NoPayments, Treasury: o.Treasury, Assets: each(o.Assets, at+".assets", s.asset),
	}
	each(o.NoPayments, at+".no_payments", func(at, kind string) any {
		s.oneOf(at, kind, "onchain", "bip21")
		return nil
	})
	for field, networks := range map[string][]string{
		".not_approved": o.NotApproved, ".no_bank_details": o.NoBankDetails, ".no_wallets": o.NoWallets,
	} {
		each(networks, at+field, s.network)
	}
	environments := map[string]uuid.UUID{}
	result.Environments = each(o.Environments, at+".environments", func(at string, e SeedEnvironment) Environment {
		return s.environment(at, e, &result, environments)
	})
	if o.Keys == nil {
		o.Keys = []SeedKey{{Secret: KeyPrefix + result.ID.String()}}
	}
	result.Keys = each(o.Keys, at+".keys", func(at string, k SeedKey) Key { return s.key(at, k, environments) })
	return result
}

// environment reads an environment, and adds its name and ID to names. It adds the objects of the environment to the organization.
func (s *seeding) environment(at string, e SeedEnvironment, into *Organization, names map[string]uuid.UUID) Environment {
	if e.Name == "" {
		s.refuse(at+".name", "an environment must have a name")
	}
	id := s.id(at, e.ID, into.ID, "environment", e.Name)
	if _, taken := names[e.Name]; taken {
		s.refuse(at+".name", "another environment of the organization is named %q", e.Name)
	}
	names[e.Name] = id
	lines := each(e.LinesOfCredit, at+".lines_of_credit", func(at string, l SeedLineOfCredit) LineOfCredit {
		line := s.line(at, l, id)
		into.Bills = append(into.Bills, s.bills(at, l, line)...)
		return line
	})
	into.LinesOfCredit = append(into.LinesOfCredit, lines...)
	left := map[uuid.UUID]int64{}
	for _, line := range lines {
		left[line.ID] = line.Limit
	}
	into.Wallets = append(into.Wallets, each(e.Wallets, at+".wallets", func(at string, w SeedWallet) Wallet {
		wallet := s.wallet(at, w, id, lines, left)
		s.past(at, w, wallet.ID, into)
		return wallet
	})...)
	into.Webhooks = append(into.Webhooks, each(e.Webhooks, at+".webhooks", func(at string, w SeedWebhook) WebhookDefinition {
		return s.webhook(at, w, id)
	})...)
	if e.Checkout != nil {
		if into.Checkouts == nil {
			into.Checkouts = map[uuid.UUID]Checkout{}
		}
		into.Checkouts[id] = s.checkout(at+".checkout", e.Checkout)
	}
	return Environment{ID: id, Name: e.Name}
}

func (s *seeding) line(at string, l SeedLineOfCredit, environment uuid.UUID) LineOfCredit {
	line := LineOfCredit{
		EnvironmentID: environment, Network: l.Network, Currency: s.currency(at+".currency", l.Currency),
		Secured: l.Secured, Verified: l.Verified, Waived: l.Waived, Disabled: l.Disabled,
		SendBasisPoints: l.SendBasisPoints, ReceiveBasisPoints: l.ReceiveBasisPoints, Period: cmp.Or(l.PeriodLength, "daily"),
	}
	s.oneOf(at+".period_length", line.Period, billingPeriods...)
	s.network(at+".network", line.Network)
	if line.Verified == "" && !line.Waived {
		line.Secured = cmp.Or(line.Secured, "secured")
	}
	if line.Secured != "" {
		s.oneOf(at+".secured", line.Secured, "pending_deposit", "partially_secured", "secured")
	}
	if line.Verified != "" {
		s.oneOf(at+".verified", line.Verified, "pending_verification", "verified")
	}
	if line.Secured != "" && line.Verified != "" || line.Waived && line.Secured+line.Verified != "" {
		s.refuse(at, "only one of secured, verified and waived can be set")
	}
	if l.Limit == nil || *l.Limit < 0 {
		s.refuse(at+".limit", "a line of credit must have a limit of 0 or more, in base units of its currency")
	} else {
		line.Limit = *l.Limit
	}
	s.basisPoints(at, l.SendBasisPoints, l.ReceiveBasisPoints)
	line.ID = s.id(at, l.ID, environment, "line_of_credit", line.Network, line.Currency)
	return line
}

// secretForm matches texts that are valid in a header (RFC 6750) and in a shell without quotes.
var secretForm = regexp.MustCompile(`^[A-Za-z0-9._~+/=-]+$`)

func (s *seeding) key(at string, k SeedKey, environments map[string]uuid.UUID) Key {
	key := Key{Secret: k.Secret, Bearer: k.Bearer, Revoked: k.Revoked}
	if !secretForm.MatchString(k.Secret) {
		s.refuse(at+".secret", "a key must have a secret, and its characters must be letters, digits and . _ ~ + / = -")
	} else if other, taken := s.secrets[k.Secret]; taken {
		s.refuse(at+".secret", "%s has the same secret", other)
	}
	s.secrets[k.Secret] = at
	if k.Environments != nil && len(k.Environments) == 0 {
		s.refuse(at+".environments", "the key opens no environment: leave environments out for a key that opens all")
	}
	for i, name := range k.Environments {
		id, known := environments[name]
		if !known {
			s.refuse(fmt.Sprintf("%s.environments[%d]", at, i), "the organization has no environment %q", name)
		}
		key.Environments = append(key.Environments, id)
	}
	permissions := map[string]*bool{"read": &key.Read, "write": &key.Write, "receive": &key.Receive, "billing": &key.Billing}
	if k.Permissions == nil {
		k.Permissions = []string{"read", "write", "receive", "billing"}
	}
	for i, name := range k.Permissions {
		if permissions[name] == nil {
			s.oneOf(fmt.Sprintf("%s.permissions[%d]", at, i), name, "read", "write", "receive", "billing")
			continue
		}
		*permissions[name] = true
	}
	return key
}

// wallet reads a wallet. It subtracts the limit of the wallet from the rest of its line of credit.
func (s *seeding) wallet(at string, w SeedWallet, environment uuid.UUID, lines []LineOfCredit, left map[uuid.UUID]int64) Wallet {
	wallet := Wallet{EnvironmentID: environment, Name: w.Name, Network: w.Network, Limit: w.Limit, Metadata: w.Metadata}
	wallet.ID = s.id(at, w.ID, environment, "wallet", w.Name)
	if r := CheckWalletName(w.Name); r != nil {
		s.refuse(at+".name", "%s", r.Detail)
	}
	s.network(at+".network", w.Network)
	currency := s.currency(at+".currency", w.Currency)
	switch {
	case w.Limit == nil && (w.LineOfCreditID != nil || w.Currency != ""):
		s.refuse(at+".limit", "a wallet with line_of_credit_id or currency must have a limit")
	case w.Limit != nil && *w.Limit < 0:
		s.refuse(at+".limit", "%d is below 0", *w.Limit)
	case w.Limit != nil:
		if line := s.backing(at, w, currency, lines); line != nil {
			wallet.LineOfCreditID, currency = &line.ID, line.Currency
			if *w.Limit > left[line.ID] {
				s.refuse(at+".limit", "the line of credit has %d left of %d, the wallet takes %d", left[line.ID], line.Limit, *w.Limit)
			}
			left[line.ID] -= min(*w.Limit, left[line.ID])
		}
	}
	wallet.Balances = s.balances(at, w, currency, wallet.LineOfCreditID != nil)
	return wallet
}

// balances reads the balances of a wallet. backed says that a line of credit backs the wallet.
func (s *seeding) balances(at string, w SeedWallet, currency string, backed bool) []Money {
	var balances []Money
	for i, b := range w.Balances {
		at := fmt.Sprintf("%s.balances[%d]", at, i)
		money := Money{Currency: s.currency(at+".currency", cmp.Or(b.Currency, currency))}
		switch {
		case b.Amount == nil || *b.Amount == math.MinInt64:
			s.refuse(at+".amount", "a balance must have an amount, in base units of its currency")
			continue
		case slices.ContainsFunc(balances, func(m Money) bool { return m.Currency == money.Currency }):
			s.refuse(at+".currency", "the wallet has another balance of %s", money.Currency)
		case *b.Amount < 0 && (!backed || money.Currency != currency || -*b.Amount > *w.Limit):
			s.refuse(at+".amount", "%d is more than the wallet can owe: its limit, in the currency of its line of credit", *b.Amount)
		}
		money.Amount = *b.Amount
		balances = append(balances, money)
	}
	return balances
}

// backing finds the line of credit of a wallet with a limit. It returns nil if it has refused the wallet.
func (s *seeding) backing(at string, w SeedWallet, currency string, lines []LineOfCredit) *LineOfCredit {
	var found []*LineOfCredit
	for i := range lines {
		line := &lines[i]
		matches := line.Network == w.Network && line.Currency == currency
		if w.LineOfCreditID != nil {
			matches = line.ID == uuid.UUID(*w.LineOfCreditID)
		}
		if matches {
			found = append(found, line)
		}
	}
	switch {
	case len(found) == 0 && w.LineOfCreditID != nil:
		s.refuse(at+".line_of_credit_id", "the environment has no line of credit %s", uuid.UUID(*w.LineOfCreditID))
	case len(found) == 0:
		s.refuse(at, "the environment has no line of credit on %s in %s to back the wallet", strconv.Quote(w.Network), currency)
	case len(found) > 1 && w.LineOfCreditID == nil:
		s.refuse(at, "several lines of credit of the environment are on %s in %s: name one in line_of_credit_id", w.Network, currency)
	case found[0].Network != w.Network:
		s.refuse(at+".network", "the line of credit is on %s, the wallet on %s", found[0].Network, strconv.Quote(w.Network))
	case w.Currency != "" && w.Currency != found[0].Currency:
		s.refuse(at+".currency", "the line of credit is in %s, the wallet in %s", found[0].Currency, w.Currency)
	default:
		return found[0]
	}
	return nil
}
