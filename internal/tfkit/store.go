package tfkit

import "reflect"

// Store returns what a domain keeps as long as the provider is configured, which is one walk of Terraform: a plan, or an apply. It is
// one value for each type, made when it is first asked for, and shared by all resources of the provider: it guards itself.
func Store[T any](settings *Settings) *T {
	kept, _ := settings.stores.LoadOrStore(reflect.TypeFor[T](), new(T))
	return kept.(*T) //nolint:forcetypeassert // the key is the type
}
