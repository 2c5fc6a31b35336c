// Package agenttest has a provider of language models that is none: it listens on 127.0.0.1,
// speaks the wires of package model, and replies with what a test says. So an agent is tested
// with everything but the model: its requests, streams, calls of tools, costs, and what it
// does when the provider fails in each of the ways in which providers fail.
//
// It takes no request that the providers wouldn't take: a call without its result, a schema
// outside of what they hold replies to, a name that they don't allow, no key. What it answers
// is in their form; their own libraries read it, as a test of the project shows. It looks at
// no prompt, and replies in no time unless it is told to.
package agenttest

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"time"

	"github.com/wfgen/wfgen/runtime/model"
)

// A Request is what a model is asked, as the provider has got it.
type Request struct {
	model.Request
	N      int // which request it is, from 1
	Wire   model.Wire
	Model  string
	Stream bool
	// Body is the request's JSON.
	Body []byte
}

// A Turn is what the provider answers: a reply, unless Status says otherwise. The zero Turn
// is an empty reply.
type Turn struct {
	Thought string // before the reply, where the wire has such
	Text    string
	Calls   []model.Call // with no ID they get one
	Stop    model.Stop   // "" for model.Ended
	Usage   *model.Usage // nil for one token a word
	NoUsage bool         // the provider doesn't say what it costs

	Status     int           // of a failure, as 429; 0 for a reply
	Code       string        // the provider's word for the failure; "" for the usual one
	RetryAfter time.Duration // that the failure tells; 0 for none

	Wait    time.Duration // before the answer begins
	Break   int           // how many bytes of the answer are sent before the connection ends; 0 for all
	Endless bool          // the stream goes on until the client ends it
}

// A Provider is a provider that is none. Close it.
type Provider struct {
	// Key is what requests have to have as their key; set it before the first one.
	Key model.Key

	server *httptest.Server
	answer func(*Request) Turn

	turns    sync.Mutex // held while a request is answered
	mu       sync.Mutex
	requests []*Request
}

// Start has a provider listen on 127.0.0.1. It asks answer for each request that it takes,
// one at a time, in the order in which they come.
func Start(answer func(*Request) Turn) *Provider {
	p := &Provider{Key: "agenttest-key", answer: answer}
	p.server = httptest.NewServer(p)
	return p
}

// Turns is an answer that gives turns one after the other, and fails with status 500 where
// none is left.
func Turns(turns ...Turn) func(*Request) Turn {
	return func(r *Request) Turn {
		if r.N > len(turns) {
			return Turn{Status: http.StatusInternalServerError, Text: fmt.Sprintf("the test has %d turns, and this is request %d", len(turns), r.N)}
		}
		return turns[r.N-1]
	}
}

// Close ends it, and every answer that it gives.
func (p *Provider) Close() {
	p.server.CloseClientConnections()
	p.server.Close()
}

// Client is a client of a model of the provider.
func (p *Provider) Client(w model.Wire, name string) *model.Client {
	return &model.Client{Wire: w, BaseURL: p.URL(w), Model: name, Key: p.Key}
}

// URL is where a wire is spoken.
func (p *Provider) URL(w model.Wire) string {
	for prefix, d := range dialects {
		if d.wire == w {
			return p.server.URL + prefix
		}
	}
	return p.server.URL
}

// Requests are those that it has taken so far.
func (p *Provider) Requests() []*Request {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]*Request(nil), p.requests...)
}

// A dialect is a wire as the provider speaks it.
type dialect struct {
	wire model.Wire
	key  func(http.Header) string
	// read reads a request, or says what is wrong with it.
	read func(path string, body []byte) (*Request, error)
	// whole is a reply as one body, and events are those of a stream.
	whole   func(r *Request, t *Turn) any
	events  func(r *Request, t *Turn) []event
	failure func(status int, code, text string) any
}

// An event is one of a stream.
type event struct {
	name string // "" where the wire has none
	data any    // a text as it is; all else as JSON
}

// dialects are by what begins the paths of their URLs.
var dialects = map[string]*dialect{"/openai/v1": &chat, "/anthropic": &messages, "/gemini/v1beta": &gemini}

// ServeHTTP is the provider's handler.
func (p *Provider) ServeHTTP(w http.ResponseWriter, h *http.Request) {
	for prefix, d := range dialects {
		if path, ok := strings.CutPrefix(h.URL.Path, prefix); ok {
			body, err := io.ReadAll(h.Body)
			if err != nil {
				return // the client has gone
			}
			p.serve(w, h, d, path, body)
			return
		}
	}
	http.NotFound(w, h)
}

func (p *Provider) serve(w http.ResponseWriter, h *http.Request, d *dialect, path string, body []byte) {
	if h.Method != http.MethodPost {
		d.fail(w, &Turn{Status: http.StatusMethodNotAllowed, Text: "the method is " + h.Method})
		return
	}
	if d.key(h.Header) != string(p.Key) {
		d.fail(w, &Turn{Status: http.StatusUnauthorized, Text: "Incorrect API key provided: " + d.key(h.Header)})
		return
	}
	r, err := d.read(path, body)
	if err == nil {
		err = check(r)
	}
	if err != nil {
		d.fail(w, &Turn{Status: http.StatusBadRequest, Text: err.Error()})
		return
	}
	t := p.turn(r, d, body)
	if t.Wait > 0 {
		select {
		case <-time.After(t.Wait):
		case <-h.Context().Done():
			return
		}
	}
	d.reply(w, h, r, &t)
}

// turn takes note of a request, and gives what is answered.
func (p *Provider) turn(r *Request, d *dialect, body []byte) Turn {
	p.turns.Lock()
	defer p.turns.Unlock()
	p.mu.Lock()
	r.N, r.Wire, r.Body = len(p.requests)+1, d.wire, body
	p.requests = append(p.requests, r)
	p.mu.Unlock()
	t := p.answer(r)
	t.Calls = append([]model.Call(nil), t.Calls...)
	for i := range t.Calls {
		if t.Calls[i].ID == "" {
			t.Calls[i].ID = fmt.Sprintf("call_%d_%d", r.N, i+1)
		}
	}
	if t.Usage == nil {
		t.Usage = &model.Usage{In: len(strings.Fields(string(body))), Out: len(strings.Fields(t.Thought+" "+t.Text)) + len(t.Calls)}
	}
	return t
}
