package mcpclient_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/wfgen/wfgen/mcpclient"
	"github.com/wfgen/wfgen/runtime/mcppin"
)

// serves is the variable that makes the test's own program a server on its standard input and
// output, and says which.
const serves = "WFGEN_TEST_SERVES"

func TestMain(m *testing.M) {
	if kind := os.Getenv(serves); kind != "" {
		serve(kind)
		return
	}
	os.Exit(m.Run())
}

// serve is a server of a kind, of which most are none.
func serve(kind string) {
	switch kind {
	case "sound":
		if err := sound().Run(context.Background(), &mcp.StdioTransport{}); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
	case "silent":
		time.Sleep(time.Minute)
	case "stubborn": // it doesn't even end when its input does
		io.Copy(io.Discard, os.Stdin)
		time.Sleep(time.Minute)
	case "dies":
		fmt.Fprintln(os.Stderr, "no database: \x1b[31mset DATABASE_URL")
		os.Exit(3)
	case "prints":
		fmt.Println("Listening on stdio. Have fun!")
		io.Copy(io.Discard, os.Stdin)
	case "huge":
		fmt.Print(`{"jsonrpc":"2.0","id":1,"result":{"x":"`)
		for {
			if _, err := fmt.Print(strings.Repeat("x", 1<<16)); err != nil {
				return
			}
		}
	}
}

func sound() *mcp.Server {
	s := mcp.NewServer(&mcp.Implementation{Name: "sound", Version: "1.2"}, nil)
	for _, name := range []string{"search", "create"} {
		s.AddTool(&mcp.Tool{Name: name, Description: "It " + name + "s.", InputSchema: json.RawMessage(`{"type":"object","properties":{"q":{"type":"string"}}}`)},
			func(context.Context, *mcp.CallToolRequest) (*mcp.CallToolResult, error) { return nil, nil })
	}
	return s
}

func command(t *testing.T, kind string) mcpclient.Place {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return mcpclient.Place{Command: []string{self}, Env: []string{serves + "=" + kind}}
}

func web(t *testing.T, h http.Handler) mcpclient.Place {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return mcpclient.Place{URL: s.URL}
}

func served(s *mcp.Server) http.Handler {
	return mcp.NewStreamableHTTPHandler(func(*http.Request) *mcp.Server { return s }, &mcp.StreamableHTTPOptions{Stateless: true})
}

// TestLook: a server's tools are the same over both ways to it.
func TestLook(t *testing.T) {
	stdio, err := mcpclient.Look(t.Context(), command(t, "sound"))
	if err != nil {
		t.Fatal(err)
	}
	overHTTP, err := mcpclient.Look(t.Context(), web(t, served(sound())))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range []*mcppin.File{stdio, overHTTP} {
		if f.Server.Name != "sound" || f.Server.Version != "1.2" || f.Protocol == "" || len(f.Tools) != 2 || f.Tools[0].Name != "create" {
			t.Errorf("got %s", f.Text())
		}
	}
	for _, c := range mcppin.CompareAll(stdio, overHTTP) {
		if c.Class != mcppin.Unchanged {
			t.Errorf("%s differs between the ways: %s", c.Tool, c.What)
		}
	}
}

// TestHeaders: a secret goes to the server that it is for, encrypted or on this machine, and
// not to where that one leads.
func TestHeaders(t *testing.T) {
	var elsewhere, here string
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { elsewhere += r.Header.Get("X-Key") }))
	defer other.Close()
	p := web(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		here += r.Header.Get("X-Key")
		http.Redirect(w, r, other.URL, http.StatusTemporaryRedirect)
	}))
	p.Header = http.Header{"X-Key": {"hunter2"}}
	if _, err := mcpclient.Look(t.Context(), p); err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("got %v", err)
	}
	if here == "" || elsewhere != "" {
		t.Errorf("the server got %q, another %q", here, elsewhere)
	}
	p.URL = "http://example.com/mcp"
	if _, err := mcpclient.Look(t.Context(), p); err == nil || !strings.Contains(err.Error(), "use https") {
		t.Errorf("got %v", err)
	}
}

// TestAddress: what stands in a URL's query is in no error, also where the server leads to it.
func TestAddress(t *testing.T) {
	gone := httptest.NewServer(nil)
	gone.Close()
	leads := web(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, gone.URL+"/mcp?token=hunter2", http.StatusTemporaryRedirect)
	}))
	for _, p := range []mcpclient.Place{{URL: gone.URL + "/mcp?key=hunter2&b=%20"}, {URL: leads.URL + "?key=hunter2"}} {
		if _, err := mcpclient.Look(t.Context(), p); err == nil || strings.Contains(err.Error(), "hunter2") || !strings.Contains(err.Error(), "refused") {
			t.Errorf("got %v", err)
		}
	}
}

// endless lists tools on one page after the other.
func endless() http.Handler {
	s := sound()
	s.AddReceivingMiddleware(func(next mcp.MethodHandler) mcp.MethodHandler {
		return func(ctx context.Context, method string, r mcp.Request) (mcp.Result, error) {
			if l, ok := r.(*mcp.ListToolsRequest); ok {
				l.Params.Cursor = ""
			}
			result, err := next(ctx, method, r)
			if l, ok := result.(*mcp.ListToolsResult); ok && err == nil {
				l.NextCursor = "bW9yZQ=="
			}
			return result, err
		}
	})
	return served(s)
}

func large() http.Handler {
	s := sound()
	s.AddTool(&mcp.Tool{Name: "large", Description: strings.Repeat("x", 1<<20), InputSchema: json.RawMessage(`{"type":"object"}`)},
		func(context.Context, *mcp.CallToolRequest) (*mcp.CallToolResult, error) { return nil, nil })
	return served(s)
}

// TestBadServers: whatever a server does, it is said in time what that was and what to do.
func TestBadServers(t *testing.T) {
	missing := mcpclient.Place{Command: []string{"/nowhere/server", "--token", "hunter2"}}
	for _, c := range []struct {
		name  string
		place mcpclient.Place
		want  []string
	}{
		{"silent", command(t, "silent"), []string{"no answer within 1s", "look whether it runs"}},
		{"stubborn", command(t, "stubborn"), []string{"no answer within 1s"}},
		{"dies", command(t, "dies"), []string{"it ended with exit status 3", `it said: no database: \x1b[31mset DATABASE_URL`}},
		{"prints", command(t, "prints"), []string{"something else than MCP"}},
		{"huge", command(t, "huge"), []string{"longer than 4 MiB"}},
		{"missing", missing, []string{"can't be started", "no such file"}},
		{"silent over HTTP", web(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { io.Copy(io.Discard, r.Body); <-r.Context().Done() })), []string{"no answer within 1s"}},
		{"refuses", web(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) })), []string{"Unauthorized", "as a header"}},
		{"a page", web(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html>welcome</html>") })), []string{"doesn't begin a session"}},
		{"huge over HTTP", web(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			for range 1 << 10 {
				fmt.Fprint(w, strings.Repeat("x", 1<<16))
			}
		})), []string{"longer than 4 MiB"}},
		{"endless", web(t, endless()), []string{"goes on to list tools"}},
		{"large", web(t, large()), []string{"tool large has", "at most"}},
		{"neither", mcpclient.Place{}, []string{"a URL or by a command"}},
		{"no URL", mcpclient.Place{URL: "ftp://example.com"}, []string{"is no URL"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.place.Timeout = time.Second
			if c.name == "endless" || strings.HasPrefix(c.name, "huge") {
				c.place.Timeout = 20 * time.Second
			}
			began := time.Now()
			_, err := mcpclient.Look(t.Context(), c.place)
			if err == nil {
				t.Fatal("it is taken for a server")
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("got %v, want %s", err, want)
				}
			}
			if strings.Contains(err.Error(), "hunter2") || strings.Contains(err.Error(), "\x1b") {
				t.Errorf("the error holds what nobody is to see: %q", err)
			}
			if took := time.Since(began); took > c.place.Timeout+5*time.Second {
				t.Errorf("it took %s", took)
			}
		})
	}
}
