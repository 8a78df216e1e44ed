package emulator

import (
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/google/uuid"
)

// flow is how a payment was settled: a receipt of a receive, an outflow of a send.
type flow struct {
	kind string
	data map[string]any
}

// derived is an ID that belongs to another, and is the same at every start.
func derived(id uuid.UUID, what string) uuid.UUID { return uuid.NewSHA1(id, []byte(what)) }

// lightning is a payment over Lightning, with the preimage of the payment whose invoice was paid.
func lightning(payment, ledger uuid.UUID) flow {
	preimage := preimageOf(payment)
	hash := sha256.Sum256(preimage)
	return flow{kind: "lightning", data: map[string]any{
		"preimage": hex.EncodeToString(preimage), "payment_hash": hex.EncodeToString(hash[:]), "ledger_id": ledger,
	}}
}

// shortCircuit is a payment that stays inside Voltage, with the payment on the other side.
func shortCircuit(msats int64, other, ledger uuid.UUID) flow {
	return flow{kind: "shortcircuit", data: map[string]any{"amount_msats": msats, "offset_payment_id": other, "ledger_id": ledger}}
}

// requiredConfirmations is how deep a transaction has to be. It is the emulator's choice.
const requiredConfirmations = 1

// onchain is a transaction that was mined at a time.
func onchain(transaction string, msats int64, ledger uuid.UUID, at time.Time) flow {
	return flow{kind: "onchain", data: map[string]any{
		"required_confirmations_num": requiredConfirmations, "tx_id": transaction, "ledger_id": ledger, "height_mined_at": blockHeight(at),
		"amount_sats": msats / 1000, "sanctioned_info": nil, "mined_at": at.Unix(), "is_pending": false,
	}}
}

// unconfirmed is a transaction that was seen, and not mined yet.
func unconfirmed(transaction string, msats int64) flow {
	return flow{kind: "onchain", data: map[string]any{
		"required_confirmations_num": requiredConfirmations, "tx_id": transaction, "ledger_id": nil, "height_mined_at": nil,
		"amount_sats": msats / 1000, "sanctioned_info": nil, "mined_at": nil, "is_pending": true,
	}}
}

// blockHeight is how many blocks a chain has at a time: one every ten minutes since the first, which Bitcoin's had in 2009.
func blockHeight(at time.Time) int64 { return max(at.Unix()-1_231_006_505, 0) / 600 }

// processingFee is what Voltage charges for a payment, agreed to before it is made. Nil means no fee.
type processingFee struct {
	points int64
	amount Money // of btc
}

// newProcessingFee is the fee on a principal, in whole satoshis where the payment is on-chain.
func newProcessingFee(principal, points int64, onchain bool) *processingFee {
	if points == 0 || principal == 0 {
		return nil
	}
	fee := basisPoints(principal, points)
	if onchain {
		fee = wholeSats(fee)
	}
	return &processingFee{points: points, amount: Money{"btc", fee}}
}

func (f *processingFee) msats() int64 {
	if f == nil {
		return 0
	}
	return f.amount.Amount
}

// breakdown is what came of the fees of a payment, in the currency that it shows.
type breakdown struct{ principal, network, processing Money }
