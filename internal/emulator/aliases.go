package emulator

import "github.com/voltagecloud/terraform-provider-voltage/internal/emulator/world"

// These types describe a world. They have names in this package, too, since the caller that starts an emulator describes its world.
type (
	// Organization is [world.Organization].
	Organization = world.Organization
	// Environment is [world.Environment].
	Environment = world.Environment
	// LineOfCredit is [world.LineOfCredit].
	LineOfCredit = world.LineOfCredit
	// Key is [world.Key].
	Key = world.Key
	// Wallet is [world.Wallet].
	Wallet = world.Wallet
	// Money is [world.Money].
	Money = world.Money
	// Hold is [world.Hold].
	Hold = world.Hold
	// PendingSettlement is [world.PendingSettlement].
	PendingSettlement = world.PendingSettlement
	// Asset is [world.Asset].
	Asset = world.Asset
	// Policies is [world.Policies].
	Policies = world.Policies
	// ProcessingFee is [world.ProcessingFee].
	ProcessingFee = world.ProcessingFee
	// Checkout is [world.Checkout].
	Checkout = world.Checkout
	// PastPayment is [world.PastPayment].
	PastPayment = world.PastPayment
	// WebhookDefinition is [world.WebhookDefinition].
	WebhookDefinition = world.WebhookDefinition
	// Bill is [world.Bill].
	Bill = world.Bill
	// Delivery is [world.Delivery].
	Delivery = world.Delivery

	// SeedOrganization is [world.SeedOrganization].
	SeedOrganization = world.SeedOrganization
	// SeedEnvironment is [world.SeedEnvironment].
	SeedEnvironment = world.SeedEnvironment
	// SeedLineOfCredit is [world.SeedLineOfCredit].
	SeedLineOfCredit = world.SeedLineOfCredit
	// SeedKey is [world.SeedKey].
	SeedKey = world.SeedKey
	// SeedWallet is [world.SeedWallet].
	SeedWallet = world.SeedWallet
	// SeedBill is [world.SeedBill].
	SeedBill = world.SeedBill
	// SeedBalance is [world.SeedBalance].
	SeedBalance = world.SeedBalance
	// SeedAsset is [world.SeedAsset].
	SeedAsset = world.SeedAsset
	// SeedWebhook is [world.SeedWebhook].
	SeedWebhook = world.SeedWebhook
	// SeedCheckout is [world.SeedCheckout].
	SeedCheckout = world.SeedCheckout
	// SeedPolicies is [world.SeedPolicies].
	SeedPolicies = world.SeedPolicies
	// SeedPayment is [world.SeedPayment].
	SeedPayment = world.SeedPayment
)

// See package world.
var (
	DefaultWorld = world.DefaultWorld
	ReadSeed     = world.ReadSeed
	FirstAccess  = world.FirstAccess

	DefaultOrganizationID = world.DefaultOrganizationID
	StagingEnvironmentID  = world.StagingEnvironmentID
	SecondEnvironmentID   = world.SecondEnvironmentID
	StagingLineID         = world.StagingLineID
	StagingTestnetLineID  = world.StagingTestnetLineID
	StagingMainnetLineID  = world.StagingMainnetLineID
	StagingUSDLineID      = world.StagingUSDLineID
	SecondLineID          = world.SecondLineID
)

// See package world.
const (
	StagingKey         = world.StagingKey
	StagingReadOnlyKey = world.StagingReadOnlyKey
	SecondKey          = world.SecondKey
	UserToken          = world.UserToken
	MutinynetAsset     = world.MutinynetAsset
	TestnetAsset       = world.TestnetAsset
)
