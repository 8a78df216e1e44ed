package world

import "github.com/google/uuid"

// These are the IDs and keys of [DefaultWorld]. The keys are public: they open only an emulator.
var (
	DefaultOrganizationID = uuid.MustParse("0b5a1c52-6a0b-4a53-9d3f-0a9a4f4f7a01")
	StagingEnvironmentID  = uuid.MustParse("3a8d7f7e-2b7c-4d57-8c9b-5f6f3b1e9c02")
	SecondEnvironmentID   = uuid.MustParse("7c2e94d1-91f4-4f0e-a2c5-8d1f2b6a4e03")
	StagingLineID         = uuid.MustParse("c4f1b6a8-3d52-4e9a-b7d0-6e5a2c8f1b04")
	StagingTestnetLineID  = uuid.MustParse("d9a3e5c7-4b61-4c8d-9e2f-7a1b3d5c6f05")
	StagingMainnetLineID  = uuid.MustParse("e1b2c3d4-5f60-4a7b-8c9d-0e1f2a3b4c06")
	StagingUSDLineID      = uuid.MustParse("f5e4d3c2-6071-4b8c-9dae-1f2031425307")
	SecondLineID          = uuid.MustParse("a6b7c8d9-7182-4c9d-aebf-203142536408")
)

// KeyPrefix is the prefix of the keys that an emulator makes up. It shows that they are not secrets.
const KeyPrefix = "vltg_emulator_"

// See [DefaultOrganizationID].
const (
	StagingKey         = KeyPrefix + "staging"
	StagingReadOnlyKey = KeyPrefix + "staging_read_only"
	SecondKey          = KeyPrefix + "second"
	UserToken          = KeyPrefix + "user_token"

	MutinynetAsset = "02a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f90"
	TestnetAsset   = "03f0e1d2c3b4a5968778695a4b3c2d1e0ff0e1d2c3b4a5968778695a4b3c2d1e0f"
)

// DefaultWorld returns one organization with two environments, lines of credit, and keys of every kind.
func DefaultWorld() []Organization {
	const oneBTC = 100_000_000_000 // msats
	staging, second := []uuid.UUID{StagingEnvironmentID}, []uuid.UUID{SecondEnvironmentID}
	return []Organization{{
		ID:   DefaultOrganizationID,
		Name: "Emulated Organization",
		Environments: []Environment{
			{ID: StagingEnvironmentID, Name: "staging"},
			{ID: SecondEnvironmentID, Name: "second"},
		},
		Assets: []Asset{
			{ID: MutinynetAsset, Name: "Emulated Dollar", Network: "mutinynet", DecimalDisplay: 6},
			{ID: TestnetAsset, Name: "Emulated Euro", Network: "testnet3", DecimalDisplay: 2},
		},
		LinesOfCredit: []LineOfCredit{
			{ID: StagingLineID, EnvironmentID: StagingEnvironmentID, Network: "mutinynet", Currency: "btc", Limit: oneBTC},
			{ID: StagingTestnetLineID, EnvironmentID: StagingEnvironmentID, Network: "testnet3", Currency: "btc", Limit: oneBTC},
			{ID: StagingMainnetLineID, EnvironmentID: StagingEnvironmentID, Network: "mainnet", Currency: "btc", Limit: oneBTC},
			{ID: StagingUSDLineID, EnvironmentID: StagingEnvironmentID, Network: "mutinynet", Currency: "usd", Limit: 10_000_000},
			{ID: SecondLineID, EnvironmentID: SecondEnvironmentID, Network: "mutinynet", Currency: "btc", Limit: oneBTC},
		},
		Keys: []Key{
			{Secret: StagingKey, Environments: staging, Read: true, Write: true, Receive: true, Billing: true},
			{Secret: StagingReadOnlyKey, Environments: staging, Read: true},
			{Secret: SecondKey, Environments: second, Read: true, Write: true, Receive: true, Billing: true},
			{Secret: UserToken, Bearer: true, Read: true, Write: true, Receive: true, Billing: true},
		},
	}}
}
