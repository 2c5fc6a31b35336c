package mcpclient_test

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/wfgen/wfgen/mcpclient"
	"github.com/wfgen/wfgen/runtime/mcp"
)

const (
	lookInput  = `{"type":"object","properties":{"text":{"type":"string"},"note":{"type":"string"},"or":{"type":["string","null"]}},"required":["text","or"],"additionalProperties":false}`
	lookOutput = `{"type":"object","properties":{"found":{"type":"array","items":{"type":"object","properties":{"sku":{"type":"string"},"note":{"type":"string"}},"required":["sku"]}}},"required":["found"]}`
)

// shop is a server whose tool look says what it was given, and whose tool ask answers with text.
func shop(input, output string) *sdk.Server {
	s := sdk.NewServer(&sdk.Implementation{Name: "shop", Version: "1"}, nil)
	s.AddTool(&sdk.Tool{Name: "look", InputSchema: json.RawMessage(input), OutputSchema: json.RawMessage(output)},
		func(_ context.Context, r *sdk.CallToolRequest) (*sdk.CallToolResult, error) {
			sku, err := json.Marshal(string(r.Params.Arguments))
			return &sdk.CallToolResult{StructuredContent: json.RawMessage(`{"found":[{"sku":` + string(sku) + `,"more":1}],"more":2}`)}, err
		})
	s.AddTool(&sdk.Tool{Name: "ask", InputSchema: json.RawMessage(`{"type":"object","properties":{"how":{"type":"string"}}}`)},
		func(ctx context.Context, r *sdk.CallToolRequest) (*sdk.CallToolResult, error) {
			switch string(r.Params.Arguments) {
			case `{"how":"fail"}`:
				return &sdk.CallToolResult{IsError: true, Content: []sdk.Content{&sdk.TextContent{Text: "out of \x1b[31mstock"}}}, nil
			case `{"how":"refuse"}`:
				return nil, errors.New("no such thing")
			case `{"how":"hang"}`:
				select { // a server without sessions isn't told that nobody waits any more
				case <-ctx.Done():
				case <-time.After(2 * time.Second):
				}
			}
			return &sdk.CallToolResult{Content: []sdk.Content{&sdk.TextContent{Text: "one"}, &sdk.ImageContent{MIMEType: "image/png", Data: []byte("png")}, &sdk.TextContent{Text: "two"}}}, nil
		})
	return s
}

func pinnedTool(name, input, output string) *mcp.Tool {
	text := `{"input":` + input
	if output != "" {
		text += `,"output":` + output
	}
	return &mcp.Tool{Server: "shop", Name: name, Pinned: text + "}"}
}

type looked struct {
	Found []struct {
		SKU  string  `json:"sku"`
		Note *string `json:"note"`
	} `json:"found"`
}

// TestCall: arguments come as the schema says, and results as the language has them.
func TestCall(t *testing.T) {
	s := mcpclient.New(web(t, served(shop(lookInput, lookOutput))))
	defer s.Close()
	var none *string
	got, err := mcp.Call[looked](t.Context(), s, pinnedTool("look", lookInput, lookOutput), mcp.Args{"text": "tea", "note": none, "or": none})
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"or":null,"text":"tea"}`; len(got.Found) != 1 || got.Found[0].SKU != want || got.Found[0].Note != nil {
		t.Errorf("got %+v, want %s", got, want)
	}
	ask := pinnedTool("ask", `{"type":"object","properties":{"how":{"type":"string"}}}`, "")
	text, err := mcp.Call[string](t.Context(), s, ask, mcp.Args{"how": none})
	if want := "one\n[an image, image/png, 3 bytes]\ntwo"; err != nil || text != want {
		t.Errorf("got %q, %v, want %q", text, err, want)
	}
	if _, err := mcp.Call[string](t.Context(), s, ask, mcp.Args{"how": "fail"}); err == nil || !strings.Contains(err.Error(), `out of \x1b[31mstock`) {
		t.Errorf("got %v", err)
	}
	if _, err := mcp.Call[string](t.Context(), s, ask, mcp.Args{"how": "refuse"}); err == nil || !strings.Contains(err.Error(), "no such thing") {
		t.Errorf("got %v", err)
	}
	short, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if _, err := mcp.Call[string](short, s, ask, mcp.Args{"how": "hang"}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	if _, err := mcp.Call[string](t.Context(), s, ask, mcp.Args{}); err != nil {
		t.Errorf("after a call that was given up: %v", err)
	}
}

// TestDrifted: what was pinned otherwise, so that a call may not fit, isn't called; what only
// takes more is.
func TestDrifted(t *testing.T) {
	object := func(properties, required string) string {
		return `{"type":"object","properties":{` + properties + `},"required":[` + required + `]}`
	}
	for _, c := range []struct {
		name, pinned string
		drifted      bool
	}{
		{"the same", object(`"text":{"type":"string"}`, `"text"`), false},
		{"one is required now", object(`"text":{"type":"string"}`, ``), true},
		{"it takes another type", object(`"text":{"type":"integer"}`, `"text"`), true},
	} {
		s := mcpclient.New(web(t, served(shop(object(`"text":{"type":"string","description":"new"},"more":{"type":"string"}`, `"text"`), lookOutput))))
		_, err := mcp.Call[looked](t.Context(), s, pinnedTool("look", c.pinned, lookOutput), mcp.Args{"text": "x"})
		var drifted *mcp.Drifted
		if errors.As(err, &drifted) != c.drifted || !c.drifted && err != nil {
			t.Errorf("%s: got %v", c.name, err)
		}
		if _, err := mcp.Call[string](t.Context(), s, pinnedTool("gone", `{"type":"object"}`, ""), nil); !errors.As(err, &drifted) {
			t.Errorf("a tool that is gone: got %v", err)
		}
		s.Close()
		if _, err := s.Tool(t.Context(), "look"); err == nil || !strings.Contains(err.Error(), "was closed") {
			t.Errorf("a closed server: got %v", err)
		}
	}
}

// TestLost: a server that goes fails the call, with what it was, and the next call reaches it
// again.
func TestLost(t *testing.T) {
	server := httptest.NewUnstartedServer(served(shop(lookInput, lookOutput)))
	server.Start()
	p := mcpclient.Place{URL: server.URL, Timeout: 5 * time.Second}
	s := mcpclient.New(p)
	defer s.Close()
	ask := pinnedTool("ask", `{"type":"object"}`, "")
	if _, err := mcp.Call[string](t.Context(), s, ask, nil); err != nil {
		t.Fatal(err)
	}
	address := server.Listener.Addr().String()
	server.Close()
	if _, err := mcp.Call[string](t.Context(), s, ask, nil); err == nil || !strings.Contains(err.Error(), p.URL) {
		t.Errorf("got %v", err)
	}
	back := httptest.NewUnstartedServer(served(shop(lookInput, lookOutput)))
	listener, err := net.Listen("tcp", address)
	if err != nil {
		t.Skipf("the address was taken: %v", err)
	}
	back.Listener.Close()
	back.Listener = listener
	back.Start()
	defer back.Close()
	if _, err := mcp.Call[string](t.Context(), s, ask, nil); err != nil {
		t.Errorf("once it is back: %v", err)
	}
}

// TestWaits: who waits for a connection is held by its own context alone, and closing ends what
// begins.
func TestWaits(t *testing.T) {
	p := command(t, "silent")
	p.Timeout = 20 * time.Second
	s := mcpclient.New(p)
	first := make(chan error, 1)
	go func() {
		_, err := s.Tool(context.Background(), "search")
		first <- err
	}()
	time.Sleep(100 * time.Millisecond)
	began := time.Now()
	short, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := s.Tool(short, "search"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	if took := time.Since(began); took > 3*time.Second {
		t.Errorf("who has 100ms waited %s", took)
	}
	s.Close()
	select {
	case err := <-first:
		if err == nil || !strings.Contains(err.Error(), "was closed") {
			t.Errorf("got %v", err)
		}
	case <-time.After(time.Second):
		t.Error("it waits for a server that was closed")
	}
	if took := time.Since(began); took > 12*time.Second {
		t.Errorf("it was closed in %s", took)
	}
}

// TestStdio: a server that is a process is reached by the same way.
func TestStdio(t *testing.T) {
	s := mcpclient.New(command(t, "sound"))
	defer s.Close()
	for range 2 {
		pin, err := s.Tool(t.Context(), "search")
		if err != nil {
			t.Fatal(err)
		}
		if pin == nil || pin.Description != "It searchs." {
			t.Errorf("got %+v", pin)
		}
	}
}
