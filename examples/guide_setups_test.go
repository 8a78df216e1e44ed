package examples_test

import (
	"archive/zip"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// mirror is the folder from which this stage's Terraform installs the provider.
func (s *stage) mirror() string {
	s.t.Helper()
	for _, variable := range s.Env {
		if file, found := strings.CutPrefix(variable, "TF_CLI_CONFIG_FILE="); found {
			if path := regexp.MustCompile(`path = "(.*)"`).FindStringSubmatch(read(s.t, file)); path != nil {
				return path[1]
			}
		}
	}
	s.t.Fatal("Terraform has no mirror")
	return ""
}

// binary is the provider's program in the mirror.
func (s *stage) binary() string {
	s.t.Helper()
	found, err := filepath.Glob(filepath.Join(s.mirror(), filepath.FromSlash(acctest.Address()), "*", "*", "*"))
	if err != nil || len(found) != 1 {
		s.t.Fatalf("the provider's programs: %v, %v", found, err)
	}
	return found[0]
}

// tryOpenTofu applies the example, and converts a state that OpenTofu has written, where there is one.
func tryOpenTofu(t *testing.T, s *stage) {
	t.Helper()
	s.live()
	s.Terraform("apply", "-auto-approve")
	want := "No matching resources found."
	replace := []string{"replace-provider ", "replace-provider -auto-approve "}
	if openTofu() {
		want = "replaced"
	}
	s.runs("opentofu", "replace-provider", want, replace...)
}

// tryInstall installs the provider in each of the guide's ways that need no network, and runs the emulator.
func tryInstall(t *testing.T, s *stage) {
	t.Helper()
	s.Write("main.tf", read(t, "guides", "install", "versions.tf")+"data \"voltage_lines_of_credit\" \"all\" {}\n")
	binary := s.binary()

	// A folder with what make build has built, and no terraform init.
	bin := filepath.Join(s.Dir, "bin")
	s.link(binary, filepath.Join(bin, "terraform-provider-voltage"))
	s.Write("dev.tfrc", strings.Replace(read(t, "guides", "install", "dev.tfrc"), "/home/you/terraform-provider-voltage/bin", bin, 1))
	s.runs("install", "dev.tfrc", "overrides", "~/dev.tfrc", filepath.Join(s.Dir, "dev.tfrc"))
	if _, err := os.Stat(filepath.Join(s.Dir, ".terraform")); err == nil {
		t.Error("terraform init was run")
	}

	// The archive of a release in a mirror.
	archive := "terraform-provider-voltage_0.1.0_" + runtime.GOOS + "_" + runtime.GOARCH + ".zip"
	s.zip(archive, binary, "terraform-provider-voltage_v0.1.0")
	host, _, _ := strings.Cut(acctest.Address(), "/")
	folder := filepath.Join(s.Dir, "mirror")
	s.runs("install", "mkdir -p", "", "/opt/terraform/mirror", folder, "registry.terraform.io", host,
		"terraform-provider-voltage_0.1.0_linux_amd64.zip", archive)
	s.Write("mirror.tfrc", strings.Replace(read(t, "guides", "install", "mirror.tfrc"), "/opt/terraform/mirror", folder, 1))
	s.runs("install", "mirror.tfrc", "Installed voltagecloud/voltage v0.1.0", "~/mirror.tfrc", filepath.Join(s.Dir, "mirror.tfrc"))
	s.runs("install", "-version", "No changes.")
}

// link makes a file that is another one.
func (s *stage) link(file, name string) {
	s.t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o750); err != nil {
		s.t.Fatal(err)
	}
	if err := os.Symlink(file, name); err != nil {
		s.t.Fatal(err)
	}
}

// zip makes an archive of one program.
func (s *stage) zip(archive, file, name string) {
	s.t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		s.t.Fatal(err)
	}
	out, err := os.Create(filepath.Join(s.Dir, archive))
	if err != nil {
		s.t.Fatal(err)
	}
	defer out.Close()
	w := zip.NewWriter(out)
	header := &zip.FileHeader{Name: name, Method: zip.Store}
	header.SetMode(0o755)
	entry, err := w.CreateHeader(header)
	if err == nil {
		_, err = entry.Write(content)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		s.t.Fatal(err)
	}
}

// tryEnvironments makes a wallet in each of two environments: by workspaces, by aliases, and with OpenTofu by for_each.
func tryEnvironments(t *testing.T, s *stage) {
	t.Helper()
	keys := []string{
		"STAGING_API_KEY=" + emulator.StagingKey, "STAGING_ENVIRONMENT_ID=" + emulator.StagingEnvironmentID.String(),
		"QA_API_KEY=" + emulator.SecondKey, "QA_ENVIRONMENT_ID=" + emulator.SecondEnvironmentID.String(),
	}
	s.Env = append(s.Env, keys...)
	made := func(want int) {
		t.Helper()
		active := map[string]int{}
		for _, wallet := range s.Emulator.Wallets() {
			if wallet.Active && wallet.Name == "orders" {
				active[wallet.EnvironmentID.String()]++
			}
		}
		if active[emulator.StagingEnvironmentID.String()] != want || active[emulator.SecondEnvironmentID.String()] != want {
			t.Errorf("wallets are %v, want %d in each environment", active, want)
		}
	}
	aliases := read(t, "guides", "environments", "main.tf")
	here := func(config string) string {
		return strings.ReplaceAll(config, "https://staging.voltageapi.com/v1", s.URL)
	}

	s.Write("main.tf", read(t, "guides", "concepts", "main.tf"))
	s.Terraform("init")
	s.runs("environments", "terraform workspace new", "1 added")
	made(1)
	if out, err := s.shell("terraform workspace select default"); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}

	s.Write("main.tf", here(aliases))
	s.Terraform("init")
	s.runs("environments", "TF_VAR_qa_api_key", "2 added")
	made(2)
	s.runsTofu("environments", "TF_VAR_api_keys", here(read(t, "guides", "environments", "for_each.tofu")), func(out string) {
		if !strings.Contains(out, "2 added") {
			t.Errorf("tofu apply:\n%s", out)
		}
		made(3)
	})
}

// runsTofu runs a block of a guide with OpenTofu, in a folder with a configuration of its own, where the tests run OpenTofu. With Terraform
// it reads the configuration.
func (s *stage) runsTofu(guide, text, config string, check func(out string)) {
	s.t.Helper()
	block := s.block(guide, text)
	if !openTofu() || !atLeast(s.t, "1.9") {
		s.Write("formatted/main.tf", config) // what is formatted was read
		s.Terraform("fmt", "-check", "formatted")
		return
	}
	s.Write("tofu/main.tofu", config)
	out, err := s.shell("cd tofu\n"+"tofu init\n"+block, s.voltage()...)
	if err != nil {
		s.t.Errorf("%s\n%v\n%s", block, err, out)
	}
	check(out)
}

// tryNetwork reads through a proxy that opens the encryption.
func tryNetwork(t *testing.T, s *stage) {
	t.Helper()
	api, err := url.Parse(strings.TrimSuffix(s.URL, "/v1"))
	if err != nil {
		t.Fatal(err)
	}
	const host = "staging.voltageapi.com"
	authority, certificate := certificates(t, host)
	inside := httptest.NewUnstartedServer(httputil.NewSingleHostReverseProxy(api))
	inside.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}
	inside.StartTLS()
	t.Cleanup(inside.Close)
	var connected atomic.Int32
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if req.Method != http.MethodConnect || req.Host != host+":443" {
			http.Error(w, "not a host of this test: "+req.Method+" "+req.Host, http.StatusForbidden)
			return
		}
		connected.Add(1)
		tunnel(t, w, inside.Listener.Addr().String())
	}))
	t.Cleanup(proxy.Close)

	s.Write("company.pem", authority)
	s.Terraform("init")
	s.Env = append(s.Env, "VOLTAGE_API_KEY="+emulator.StagingKey)
	// NO_PROXY leaves out the proxy of the test itself.
	s.runs("network", "HTTPS_PROXY", "No changes.", "http://proxy.example:3128", proxy.URL,
		"/etc/ssl/certs/company.pem", filepath.Join(s.Dir, "company.pem"))
	if connected.Load() == 0 {
		t.Error("the proxy was not asked")
	}
	for want, replace := range map[string][]string{
		"proxyconnect": {"http://proxy.example:3128", "http://127.0.0.1:1", "/etc/ssl/certs/company.pem", filepath.Join(s.Dir, "company.pem")},
		"certificate signed by unknown authority": {
			"http://proxy.example:3128", proxy.URL, "export SSL_CERT_FILE=/etc/ssl/certs/company.pem\n", "",
		},
	} {
		block := strings.NewReplacer(replace...).Replace(s.block("network", "HTTPS_PROXY"))
		s.change("max_retries     = 6 ", "max_retries     = 0 ")
		if out, err := s.shell(block, s.voltage()...); err == nil || !strings.Contains(words(out), want) {
			t.Errorf("%s\nis to fail with %q: %v\n%s", block, want, err, out)
		}
		s.change("max_retries     = 0 ", "max_retries     = 6 ")
	}
}

// tunnel copies between the client of a proxy and an address.
func tunnel(t *testing.T, w http.ResponseWriter, address string) {
	t.Helper()
	there, err := net.Dial("tcp", address)
	if err != nil {
		t.Error(err)
		return
	}
	hijacker, ok := w.(http.Hijacker)
	if !ok {
		t.Error("the connection cannot be taken over")
		return
	}
	here, _, err := hijacker.Hijack()
	if err != nil {
		t.Error(err)
		return
	}
	if _, err := io.WriteString(here, "HTTP/1.1 200 Connection established\r\n\r\n"); err != nil {
		return
	}
	go func() {
		io.Copy(there, here)
		there.Close()
	}()
	io.Copy(here, there)
	here.Close()
}

// certificates makes an authority, and a certificate of it for a host.
func certificates(t *testing.T, host string) (authority string, certificate tls.Certificate) {
	t.Helper()
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	caKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(err)
	ca := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Company"}, NotBefore: time.Now().Add(-time.Hour),
		NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	caDER, err := x509.CreateCertificate(rand.Reader, ca, ca, &caKey.PublicKey, caKey)
	must(err)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(err)
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: host}, DNSNames: []string{host}, NotBefore: ca.NotBefore,
		NotAfter: ca.NotAfter, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	leafDER, err := x509.CreateCertificate(rand.Reader, leaf, ca, &key.PublicKey, caKey)
	must(err)
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: caDER})),
		tls.Certificate{Certificate: [][]byte{leafDER}, PrivateKey: key}
}
