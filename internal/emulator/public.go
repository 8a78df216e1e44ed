package emulator

import (
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator/world"
)

// KeyPrefix is the beginning of each key of a public emulator. It shows that the key is not a secret. The provider sends only keys with
// this prefix over http to another machine.
const KeyPrefix = world.KeyPrefix

// checkPublic refuses settings that do not fit a public emulator, or that need a public emulator. Its error contains no key, since it may
// be a real one.
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

// reachable returns an address at which this machine reaches a listener. For a listener on all addresses, this is the loopback address.
func reachable(listening net.Addr) string {
	host, port, err := net.SplitHostPort(listening.String())
	if ip := net.ParseIP(host); err == nil && ip != nil && ip.IsUnspecified() {
		return net.JoinHostPort("127.0.0.1", port)
	}
	return listening.String()
}
