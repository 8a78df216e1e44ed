package emulator

import (
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator/world"
)

// KeyPrefix is how each key of a public emulator begins, so that whoever meets one knows that it is no secret. The provider sends a key
// that begins so, and no other, over http to another machine.
const KeyPrefix = world.KeyPrefix

// checkPublic refuses what does not go with a public emulator, or with one that is not. It names no key, which may be a real one.
func (e *Emulator) checkPublic() error {
	if !e.config.Public {
		if len(e.config.DeliverTo) > 0 {
			return errors.New("only a public emulator delivers webhooks to other machines (-deliver-to needs -public)")
		}
		return nil
	}
	var errs []error
	for _, org := range e.world.Organizations() {
		for i, key := range org.Keys {
			if !strings.HasPrefix(key.Secret, KeyPrefix) {
				errs = append(errs, fmt.Errorf("key %d of organization %q does not begin with %s, as each key of a public emulator does", i+1,
					org.Name, KeyPrefix))
			}
		}
	}
	return errors.Join(errs...)
}

// reachable is an address by which this machine reaches a listener: one that listens on every address is reached on the loopback address.
func reachable(listening net.Addr) string {
	host, port, err := net.SplitHostPort(listening.String())
	if ip := net.ParseIP(host); err == nil && ip != nil && ip.IsUnspecified() {
		return net.JoinHostPort("127.0.0.1", port)
	}
	return listening.String()
}
