package world

import (
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/google/uuid"
)

// The ways that the money of a payment takes.
const (
	Lightning    = "lightning"
	ShortCircuit = "shortcircuit" // between two wallets of Voltage
	Onchain      = "onchain"
)

// Flow is how a payment was settled: a receipt of a receive, an outflow of a send.
type Flow struct {
	Kind string
	// Ledger is the ID of what the ledger has of it: a credit of a receive, a hold of a send.
	Ledger uuid.UUID
	Msats  int64
	// Preimage and PaymentHash are of a payment over Lightning.
	Preimage, PaymentHash string
	// Other is the payment on the other side of a short circuit.
	Other uuid.UUID
	// TransactionID is of a transaction on the chain. MinedAt is nil until it was mined.
	TransactionID string
	MinedAt       *time.Time
}

// lightning is a payment over Lightning, with the preimage of the payment whose invoice was paid.
func lightning(payment uuid.UUID, msats int64) Flow {
	preimage := preimageOf(payment)
	hash := sha256.Sum256(preimage)
	return Flow{Kind: Lightning, Msats: msats, Preimage: hex.EncodeToString(preimage), PaymentHash: hex.EncodeToString(hash[:])}
}

// onchain is a transaction for a payment. It was not mined yet.
func onchain(payment uuid.UUID, msats int64) Flow {
	return Flow{Kind: Onchain, Msats: msats, TransactionID: hex.EncodeToString(hashOf("transaction", payment))}
}

// mined is a transaction that was mined at a time.
func (f Flow) mined(at time.Time) Flow {
	f.MinedAt = &at
	return f
}

// in is a flow with what the ledger has of it.
func (f Flow) in(ledger uuid.UUID) Flow {
	f.Ledger = ledger
	return f
}

// route is the way of the money as fees depend on it.
func (f Flow) route() string {
	if f.Kind == ShortCircuit {
		return "short_circuit"
	}
	return "direct"
}

// BlockHeight is how many blocks a chain has at a time: one every ten minutes since the first, which Bitcoin's had in 2009.
func BlockHeight(at time.Time) int64 { return max(at.Unix()-1_231_006_505, 0) / 600 }

// ChargedFee is what Voltage charges for a payment, agreed to before it is made. Nil means no fee.
type ChargedFee struct {
	BasisPoints int64
	Amount      Money // of btc
}

// newChargedFee is the fee on a principal, in whole satoshis where the payment is on-chain.
func newChargedFee(principal, points int64, onchain bool) *ChargedFee {
	if points == 0 || principal == 0 {
		return nil
	}
	fee := basisPoints(principal, points)
	if onchain {
		fee = wholeSats(fee)
	}
	return &ChargedFee{BasisPoints: points, Amount: Money{"btc", fee}}
}

func (f *ChargedFee) msats() int64 {
	if f == nil {
		return 0
	}
	return f.Amount.Amount
}

// Breakdown is what a payment and its fees came to, in the currency that it shows.
type Breakdown struct{ Principal, Network, Processing Money }

// PaymentBreakdown is a breakdown as a ledger has it.
type PaymentBreakdown struct {
	Breakdown
	BasisPoints int64
	Kind, Route string
}

// breakdownOf is the breakdown of a payment for a ledger, nil where the payment has no processing fee.
func breakdownOf(kind string, breakdown *Breakdown, fee *ChargedFee, flow Flow) *PaymentBreakdown {
	if fee == nil {
		return nil
	}
	return &PaymentBreakdown{Breakdown: *breakdown, BasisPoints: fee.BasisPoints, Kind: kind, Route: flow.route()}
}
