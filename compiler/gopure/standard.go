package gopure

import (
	"go/types"
	"strings"
)

// standard says what of the standard library may differ from one call to the next: of
// each package the names of functions and variables, with methods as Type.Method. After
// "but" stand those of a package that don't, where all others do; methods of such a
// package don't, unless they are named before it. What isn't here gives the same each
// time, or is made of what is here: to read a file needs os.Open.
var standard = table(map[string]string{
	"context":         "WithTimeout WithTimeoutCause WithDeadline WithDeadlineCause",
	"crypto/ecdsa":    "GenerateKey",
	"crypto/ed25519":  "GenerateKey",
	"crypto/rand":     "but",
	"crypto/rsa":      "GenerateKey GenerateMultiPrimeKey",
	"crypto/tls":      "Dial DialWithDialer Listen LoadX509KeyPair Dialer.Dial Dialer.DialContext",
	"crypto/x509":     "SystemCertPool",
	"database/sql":    "Open OpenDB",
	"fmt":             "Scan Scanf Scanln",
	"hash/maphash":    "MakeSeed Hash.Seed Hash.Sum Hash.Sum64",
	"html/template":   "ParseFiles ParseGlob Template.ParseFiles Template.ParseGlob",
	"io/ioutil":       "but ReadAll NopCloser Discard",
	"log/syslog":      "but",
	"math/rand":       "but New NewSource NewZipf",
	"math/rand/v2":    "but New NewPCG NewChaCha8 NewZipf",
	"mime":            "TypeByExtension ExtensionsByType",
	"net":             "Dialer.Dial Dialer.DialContext ListenConfig.Listen ListenConfig.ListenPacket but ParseIP ParseCIDR ParseMAC IPv4 IPv4Mask CIDRMask JoinHostPort SplitHostPort IPv4bcast IPv4allsys IPv4allrouter IPv4zero IPv6zero IPv6unspecified IPv6loopback IPv6interfacelocalallnodes IPv6linklocalallnodes IPv6linklocalallrouters",
	"net/http":        "Get Head Post PostForm ListenAndServe ListenAndServeTLS Serve ServeTLS DefaultClient DefaultTransport ProxyFromEnvironment Client.Do Client.Get Client.Head Client.Post Client.PostForm Client.CloseIdleConnections Transport.RoundTrip RoundTripper.RoundTrip Dir.Open",
	"net/rpc":         "Dial DialHTTP DialHTTPPath",
	"net/smtp":        "Dial SendMail",
	"os":              "but IsExist IsNotExist IsPermission IsTimeout IsPathSeparator Expand NewSyscallError Stdout Stderr ErrInvalid ErrPermission ErrExist ErrNotExist ErrClosed ErrNoDeadline ErrDeadlineExceeded ErrProcessDone",
	"os/exec":         "Cmd.Run Cmd.Start Cmd.Output Cmd.CombinedOutput but ErrNotFound ErrDot ErrWaitDelay",
	"os/signal":       "but",
	"os/user":         "but",
	"path/filepath":   "Abs EvalSymlinks Glob Walk WalkDir",
	"plugin":          "but",
	"runtime":         "NumGoroutine NumCPU NumCgoCall GOMAXPROCS ReadMemStats Stack",
	"runtime/metrics": "but",
	"sync":            "Map.Range",
	"syscall":         "but",
	"text/template":   "ParseFiles ParseGlob Template.ParseFiles Template.ParseGlob",
	"time":            "Now Since Until After AfterFunc Tick NewTimer NewTicker Local Time.Local",
})

// A pick is what of a package may differ.
type pick struct {
	names  map[string]bool
	others bool            // all functions and variables but those
	steady map[string]bool // those
}

func table(rows map[string]string) map[string]pick {
	all := map[string]pick{}
	for path, row := range rows {
		before, after, others := strings.Cut(" "+row, " but")
		all[path] = pick{words(before), others, words(after)}
	}
	return all
}

func words(s string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(s) {
		set[w] = true
	}
	return set
}

// differs tells whether a function or variable of the standard library may differ.
func differs(o types.Object) bool {
	p, ok := standard[o.Pkg().Path()]
	if !ok {
		return false
	}
	name := ownName(o)
	if f, ok := o.(*types.Func); ok && f.Signature().Recv() != nil {
		return p.names[name]
	}
	return p.names[name] || p.others && !p.steady[name]
}
