package tfkit

import "reflect"

// Store returns a value that all resources of the provider share during one walk of Terraform, which is a plan or an apply. There is one
// value of each type T. It is created by the first call, and must be safe for concurrent use.
func Store[T any](settings *Settings) *T {
	kept, _ := settings.stores.LoadOrStore(reflect.TypeFor[T](), new(T))
	return kept.(*T) //nolint:forcetypeassert // the key is the type
}
