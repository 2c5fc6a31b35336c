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
	"context":         "AfterFunc WithTimeout WithTimeoutCause WithDeadline WithDeadlineCause",
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
	"net":             "Resolver.LookupAddr Resolver.LookupCNAME Resolver.LookupHost Resolver.LookupIP Resolver.LookupIPAddr Resolver.LookupMX Resolver.LookupNS Resolver.LookupNetIP Resolver.LookupPort Resolver.LookupSRV Resolver.LookupTXT Interface.Addrs Interface.MulticastAddrs Dialer.Dial Dialer.DialContext ListenConfig.Listen ListenConfig.ListenPacket but ParseIP ParseCIDR ParseMAC IPv4 IPv4Mask CIDRMask JoinHostPort SplitHostPort IPv4bcast IPv4allsys IPv4allrouter IPv4zero IPv6zero IPv6unspecified IPv6loopback IPv6interfacelocalallnodes IPv6linklocalallnodes IPv6linklocalallrouters",
	"net/http":        "Get Head Post PostForm ListenAndServe ListenAndServeTLS Serve ServeTLS DefaultClient DefaultTransport ProxyFromEnvironment Client.Do Client.Get Client.Head Client.Post Client.PostForm Client.CloseIdleConnections Transport.RoundTrip RoundTripper.RoundTrip Dir.Open",
	"net/rpc":         "Dial DialHTTP DialHTTPPath",
	"net/smtp":        "Dial SendMail",
	"os":              "but IsExist IsNotExist IsPermission IsTimeout IsPathSeparator Expand NewSyscallError Stdout Stderr ErrInvalid ErrPermission ErrExist ErrNotExist ErrClosed ErrNoDeadline ErrDeadlineExceeded ErrProcessDone",
	"os/exec":         "Cmd.Run Cmd.Start Cmd.Output Cmd.CombinedOutput but ErrNotFound ErrDot ErrWaitDelay",
	"os/signal":       "but",
	"os/user":         "but",
	"path/filepath":   "Abs EvalSymlinks Glob Walk WalkDir",
	"plugin":          "but",
	"reflect":         "Value.MapRange Value.Seq Value.Seq2 Value.Pointer Value.UnsafePointer Value.UnsafeAddr Value.Recv Value.TryRecv Select",
	"runtime":         "but KeepAlive Gosched GOOS GOARCH Compiler GC Func.Name",
	"runtime/debug":   "but",
	"runtime/metrics": "but",
	"sync":            "Map.Range WaitGroup.Go Mutex.TryLock RWMutex.TryLock RWMutex.TryRLock",
	"syscall":         "but",
	"weak":            "Pointer.Value",
	"text/template":   "ParseFiles ParseGlob Template.ParseFiles Template.ParseGlob",
	"time":            "Now Since Until After AfterFunc Tick NewTimer NewTicker Local LoadLocation Time.Local",
})

// A pick is what of a package may differ.
type pick struct {
	names  map[string]bool
	others bool            // all functions and variables but those
	steady map[string]bool // those
	types  map[string]bool // those of which a method may
}

func table(rows map[string]string) map[string]pick {
	all := map[string]pick{}
	for path, row := range rows {
		before, after, others := strings.Cut(" "+row, " but")
		all[path] = pick{words(before), others, words(after), typesOf(before)}
	}
	return all
}

// typesOf are the types that are named before methods.
func typesOf(s string) map[string]bool {
	set := map[string]bool{}
	for w := range words(s) {
		if t, _, ok := strings.Cut(w, "."); ok {
			set[t] = true
		}
	}
	return set
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
