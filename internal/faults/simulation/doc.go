// Package simulation runs the provider in a simulated world: several workspaces, each with a configuration and a state as Terraform keeps
// them, plan, apply, refresh, import, destroy and send against one emulator, while their requests have faults. The provider's protocol
// server, its client with its production waits and the emulator are the real ones. Time is virtual, and a seed decides every random value,
// so a run can be repeated exactly. After every step the invariants in invariants_test.go hold.
//
// The idea comes from the simulations of FoundationDB and TigerBeetle (VOPR). Package testing/synctest makes the time virtual.
//
// Everything is in tests: make simulate runs them.
package simulation
