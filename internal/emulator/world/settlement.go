package world

import (
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/google/uuid"
)

// These are the kinds of transfers.
const (
	Lightning    = "lightning"
	ShortCircuit = "shortcircuit" // between two wallets of Voltage
	Onchain      = "onchain"
)

// Flow is one transfer of a payment: a receipt of a receive, or an outflow of a send.
type Flow struct {
	Kind string
	// Ledger is the ID of its object in the ledger: the credit of a receive, or the hold of a send.
	Ledger uuid.UUID
	Msats  int64
	// Preimage and PaymentHash are set for a payment over Lightning.
	Preimage, PaymentHash string
	// Other is the payment on the other side of a short circuit.
	Other uuid.UUID
	// TransactionID is set for a transaction on chain. MinedAt is nil until the transaction is mined.
	TransactionID string
	MinedAt       *time.Time
}

// lightning returns a payment over Lightning. payment is the payment whose invoice is paid, and decides the preimage.
func lightning(payment uuid.UUID, msats int64) Flow {
	preimage := preimageOf(payment)
	hash := sha256.Sum256(preimage)
	return Flow{Kind: Lightning, Msats: msats, Preimage: hex.EncodeToString(preimage), PaymentHash: hex.EncodeToString(hash[:])}
}

// onchain returns a transaction for a payment that is not mined yet.
func onchain(payment uuid.UUID, msats int64) Flow {
	return Flow{Kind: Onchain, Msats: msats, TransactionID: hex.EncodeToString(hashOf("transaction", payment))}
}

// mined returns the transaction as mined at a time.
func (f Flow) mined(at time.Time) Flow {
	f.MinedAt = &at
	return f
}

// in returns the flow with its object in the ledger.
func (f Flow) in(ledger uuid.UUID) Flow {
	f.Ledger = ledger
	return f
}

// route returns the route of the money that decides the fees.
func (f Flow) route() string {
	if f.Kind == ShortCircuit {
		return "short_circuit"
	}
	return "direct"
}

// BlockHeight returns the number of blocks of a chain at a time: one every ten minutes since the first block of Bitcoin in 2009.
func BlockHeight(at time.Time) int64 { return max(at.Unix()-1_231_006_505, 0) / 600 }

// ChargedFee is Voltage's fee for a payment, which is fixed before the payment. Nil means no fee.
type ChargedFee struct {
	BasisPoints int64
	Amount      Money // of btc
}

// newChargedFee returns the fee for a principal. It is in whole satoshis if the payment is on-chain.
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

// Breakdown has the amount of a payment and its fees, in the currency of the payment.
type Breakdown struct{ Principal, Network, Processing Money }

// PaymentBreakdown is a breakdown in the form of a ledger.
type PaymentBreakdown struct {
	Breakdown
	BasisPoints int64
	Kind, Route string
}

// breakdownOf returns the breakdown of a payment for a ledger. It returns nil if the payment has no processing fee.
func breakdownOf(kind string, breakdown *Breakdown, fee *ChargedFee, flow Flow) *PaymentBreakdown {
	if fee == nil {
		return nil
	}
	return &PaymentBreakdown{Breakdown: *breakdown, BasisPoints: fee.BasisPoints, Kind: kind, Route: flow.route()}
}
