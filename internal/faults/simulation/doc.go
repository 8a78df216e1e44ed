// Package simulation runs the provider in a simulated world: several workspaces, each with a configuration and a state as Terraform keeps
// them, plan, apply, refresh, import, destroy and send against one emulator, while faults happen to their requests. The provider's protocol
// server, its client with its production waits and the emulator are the real ones. Time is virtual, and everything that is left to chance
// comes from a seed, so that a run can be repeated exactly. After every step the invariants in invariants_test.go hold.
//
// The idea is that of the simulations of FoundationDB and of TigerBeetle (VOPR); package testing/synctest is the means.
//
// Everything is in tests: make simulate runs them.
package simulation
