package acctest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// LiveVariable is an environment variable. If it is 1, tests that use [Anywhere] run against the API of the VOLTAGE_ variables, and tests
// that need an emulator are skipped.
const LiveVariable = "VOLTAGE_ACC_LIVE"

// AllowVariable is an environment variable. If it is 1, live tests and sweepers accept networks that are not known test networks, and hosts
// that are not known hosts for tests.
const AllowVariable = "VOLTAGE_ACC_ALLOW_PRODUCTION"

// Live reports whether the tests run against a real API.
func Live() bool { return os.Getenv(LiveVariable) == "1" }

// Anywhere returns the live world if tests run against a real API. Otherwise it is Emulated.
func Anywhere(t *testing.T) *World {
	t.Helper()
	if !Live() {
		return Emulated(t)
	}
	world, err := liveWorld(os.Getenv)
	if err != nil {
		t.Fatal(err)
	}
	if world.LineOfCreditID, err = voltage.ParseID(os.Getenv("VOLTAGE_ACC_LINE_OF_CREDIT_ID")); err != nil {
		t.Fatalf("VOLTAGE_ACC_LINE_OF_CREDIT_ID: %s", err)
	}
	return world
}

// liveWorld returns the world of the variables. It refuses a world that may be production.
func liveWorld(getenv func(string) string) (*World, error) {
	world := &World{URL: getenv("VOLTAGE_API_URL"), Network: getenv("VOLTAGE_ACC_NETWORK")}
	if world.URL == "" {
		world.URL = voltage.DefaultBaseURL // the default of the provider and the client
	}
	if world.Network == "" {
		world.Network = "mutinynet"
	}
	if getenv(AllowVariable) != "1" {
		if err := checkHost(world.URL); err != nil {
			return nil, err
		}
		if !voltage.IsTestNetwork(world.Network) {
			return nil, fmt.Errorf("VOLTAGE_ACC_NETWORK is %q, which is not known to be a test network: wallets may hold real money there. "+
				"Choose mutinynet or testnet3, or set %s=1 if this network is meant", world.Network, AllowVariable)
		}
	}
	for variable, id := range map[string]*uuid.UUID{"VOLTAGE_ORGANIZATION_ID": &world.OrganizationID,
		"VOLTAGE_ENVIRONMENT_ID": &world.EnvironmentID} {
		var err error
		if *id, err = voltage.ParseID(getenv(variable)); err != nil {
			return nil, fmt.Errorf("%s: %w", variable, err)
		}
	}
	return world, nil
}

// checkHost accepts only the host of the staging API and this machine, since an unknown host may be production under another name.
func checkHost(address string) error {
	u, err := url.Parse(address)
	if err != nil {
		return errors.New("VOLTAGE_API_URL is not a URL")
	}
	host := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	ip := net.ParseIP(host)
	if host == "staging.voltageapi.com" || host == "localhost" || ip != nil && ip.IsLoopback() {
		return nil
	}
	return fmt.Errorf("live tests make and delete objects, and %q is not known to be a host for that. Set VOLTAGE_API_URL to "+
		"https://staging.voltageapi.com/v1 "+
		"(empty, it is %s), or set %s=1 if this host is meant", host, voltage.DefaultBaseURL, AllowVariable)
}

// API returns a client of the world's API, for checks without the provider.
func (w *World) API(t *testing.T) *voltage.Client {
	t.Helper()
	config := voltage.Config{
		BaseURL:    w.URL,
		APIKey:     emulator.StagingKey,
		MaxRetries: voltage.DefaultMaxRetries,
		Pace:       w.Pace,
		Transport:  w.transport,
	}
	if w.Emulator == nil {
		config.APIKey, config.BearerToken = os.Getenv("VOLTAGE_API_KEY"), os.Getenv("VOLTAGE_BEARER_TOKEN")
	}
	client, err := voltage.New(config)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// Sweep deletes the objects that tests have left behind in a world. It keeps objects that were created after a time, since they may belong
// to a running test.
type Sweep func(ctx context.Context, client *voltage.Client, organization, environment uuid.UUID, before time.Time) error

// AddSweeper registers a sweeper of the environment of the VOLTAGE_ variables, for objects that are older than an hour.
func AddSweeper(kind string, sweep Sweep) {
	resource.AddTestSweepers(kind, &resource.Sweeper{Name: kind, F: func(string) error {
		return sweepLive(context.Background(), os.Getenv, sweep, time.Now().Add(-time.Hour))
	}})
}

func sweepLive(ctx context.Context, getenv func(string) string, sweep Sweep, before time.Time) error {
	world, err := liveWorld(getenv)
	if err != nil {
		return err
	}
	client, err := voltage.New(voltage.Config{
		BaseURL: world.URL, APIKey: getenv("VOLTAGE_API_KEY"), BearerToken: getenv("VOLTAGE_BEARER_TOKEN"),
		UserAgent: "terraform-provider-voltage/sweeper", MaxRetries: voltage.DefaultMaxRetries,
	})
	if err != nil {
		return fmt.Errorf("configuring the sweeper: %w", err)
	}
	return sweep(ctx, client, world.OrganizationID, world.EnvironmentID, before)
}

const namePrefix = "tf-acc-"

// Name makes a name for an object of a test. Sweepers recognise the name.
func Name(what string) string {
	return fmt.Sprintf("%s%s-%s", namePrefix, what, uuid.NewString()[:8])
}

// LeftWallet is Left for a wallet. The wallet must also be on a test network, unless [AllowVariable] is set.
func LeftWallet(wallet *voltage.Wallet, before time.Time) bool {
	return Left(wallet.Name, wallet.CreatedAt, before) && (voltage.IsTestNetwork(wallet.Network) || os.Getenv(AllowVariable) == "1")
}

// Left reports whether a sweeper may delete an object: it has the name of a test, and was created before a time.
func Left(name string, createdAt, before time.Time) bool {
	return strings.HasPrefix(name, namePrefix) && createdAt.Before(before)
}
