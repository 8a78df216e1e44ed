package emulator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator/console"
	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator/world"
)

// controlPrefix is the beginning of the paths of routeControl. These paths need no key, are not recorded, and have no faults. By default
// the emulator serves them only on a loopback address.
const controlPrefix = "/emulator/"

// PayOrder is an order to pay a payment request from outside.
type PayOrder struct {
	Target string `json:"target"` // an invoice, an address, or a BIP 21 URI
	Msats  int64  `json:"msats"`  // for a request of any amount
}

// MoveOrder moves money into a wallet, or out of it.
type MoveOrder struct {
	Wallet   string `json:"wallet"`             // its ID, or its name if the name is unique
	Currency string `json:"currency,omitempty"` // empty: the wallet's
	Amount   int64  `json:"amount"`             // above 0, in base units of the currency
}

// Moved is the result of a [MoveOrder].
type Moved struct {
	Wallet   uuid.UUID `json:"wallet"`
	Name     string    `json:"name"`
	Currency string    `json:"currency"`
	Unit     string    `json:"unit"`
	Amount   int64     `json:"amount"`  // the moved amount
	Balance  int64     `json:"balance"` // in total
}

// FeatureOrder switches a feature of an organization.
type FeatureOrder struct {
	Organization string `json:"organization,omitempty"` // its ID or its name; empty if there is only one
	Feature      string `json:"feature"`                // onchain, bip21 or treasury
	On           bool   `json:"on"`
}

// Switched is the result of a [FeatureOrder].
type Switched struct {
	Organization uuid.UUID `json:"organization"`
	Name         string    `json:"name"`
}

// Seen describes a request. It leaves out the headers, which contain the key, and the bodies.
type Seen struct {
	Time      time.Time `json:"time"`
	Method    string    `json:"method"`
	Path      string    `json:"path"` // with the query
	Operation string    `json:"operation"`
	Status    int       `json:"status"` // 0: no answer
	Fault     string    `json:"fault"`
}

// Pending is a fault that has not happened yet, or can happen again. Nth and Times count from now.
type Pending struct {
	Operation string `json:"operation"` // empty: every operation
	Nth       int    `json:"nth"`
	Times     int    `json:"times"`
	Effect    string `json:"effect"`
}

// routeControl adds endpoints that are not part of the API. They simulate people outside Voltage, and faults.
func (e *Emulator) routeControl() {
	control(e, "POST", "pay", func(order PayOrder) (any, error) { return e.payByHand(order) })
	control(e, "POST", "deposit", func(order MoveOrder) (any, error) { return e.moveByHand(order, "deposited") })
	control(e, "POST", "withdraw", func(order MoveOrder) (any, error) { return e.moveByHand(order, "withdrawn") })
	control(e, "POST", "feature", func(order FeatureOrder) (any, error) { return e.switchFeature(order) })
	e.controlBills()
	e.controlClock()
	e.controlViews()
	control(e, "POST", "faults", func(spec FaultSpec) (any, error) { return nil, e.InjectSpec(spec) })
	control(e, "GET", "faults", func(struct{}) (any, error) {
		pending := []Pending{}
		for _, f := range e.Faults() {
			pending = append(pending, Pending{Operation: f.Operation, Nth: f.Nth, Times: f.Times, Effect: fmt.Sprint(f.Effect)})
		}
		return pending, nil
	})
	control(e, "DELETE", "faults", func(struct{}) (any, error) {
		e.ClearFaults()
		return nil, nil
	})
	control(e, "GET", "requests", func(struct{}) (any, error) {
		seen := []Seen{}
		for _, r := range e.Requests() {
			path := &url.URL{Path: r.Path, RawQuery: r.RawQuery}
			seen = append(seen, Seen{
				Time: r.Time, Method: r.Method, Path: path.RequestURI(), Operation: r.Operation, Status: r.Status, Fault: r.Fault,
			})
		}
		return seen, nil
	})
	control(e, "DELETE", "requests", func(struct{}) (any, error) {
		e.ResetRequests()
		return nil, nil
	})
}

// serveControl serves the control endpoints to programs, and to no page of another site. On a loopback address, such a page could otherwise
// give its own name the address of the emulator (DNS rebinding). A public emulator has names of its own.
func (e *Emulator) serveControl(w http.ResponseWriter, r *http.Request) {
	if !e.config.Public && !console.TrustedHost(r.Host) {
		http.Error(w, "This name could belong to somebody else. Use the address of the emulator, such as http://127.0.0.1 with its port.",
			http.StatusMisdirectedRequest)
		return
	}
	if err := http.NewCrossOriginProtection().Check(r); err != nil {
		http.Error(w, "The request comes from a page of another site.", http.StatusForbidden)
		return
	}
	e.mux.ServeHTTP(w, r)
}

// control adds an endpoint that takes an Order as JSON, or no body if Order has no fields. It answers 200 with JSON, 204 without a body, or
// 400 with the reason as text.
func control[Order any](e *Emulator, method, name string, serve func(Order) (any, error)) {
	e.mux.HandleFunc(method+" "+controlPrefix+name, func(w http.ResponseWriter, r *http.Request) {
		var order Order
		body, err := io.ReadAll(r.Body)
		if err == nil && len(body) > 0 {
			decoder := json.NewDecoder(bytes.NewReader(body))
			decoder.DisallowUnknownFields()
			err = decoder.Decode(&order)
		}
		var content any
		if err == nil {
			content, err = serve(order)
		}
		switch {
		case err != nil:
			http.Error(w, err.Error(), http.StatusBadRequest)
		case content == nil:
			w.WriteHeader(http.StatusNoContent)
		default:
			writeJSON(w, http.StatusOK, content)
		}
	})
}

func (e *Emulator) switchFeature(order FeatureOrder) (*Switched, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.changed()
	organization, err := e.world.SwitchFeature(order.Organization, order.Feature, order.On)
	if err != nil {
		return nil, err
	}
	return &Switched{organization.ID, organization.Name}, nil
}

// moveByHand deposits or withdraws. It withdraws only money that the wallet can spend.
func (e *Emulator) moveByHand(order MoveOrder, kind string) (*Moved, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.changed()
	wallet, money, err := e.world.MoveByHand(order.Wallet, kind, order.Currency, order.Amount)
	if err != nil {
		return nil, err
	}
	return &Moved{
		Wallet: wallet.ID, Name: wallet.Name, Currency: money.Currency, Unit: world.Unit(money.Currency), Amount: money.Amount,
		Balance: wallet.Balance(money.Currency),
	}, nil
}
