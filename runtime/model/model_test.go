package model_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wfgen/wfgen/runtime/agenttest"
	"github.com/wfgen/wfgen/runtime/model"
)

var wires = []model.Wire{model.ChatCompletions, model.AnthropicMessages, model.Gemini}

// each runs a test on each wire, streamed and not.
func each(t *testing.T, test func(t *testing.T, w model.Wire, ask func(context.Context, *model.Client, *model.Request) (*model.Reply, error))) {
	for _, w := range wires {
		for _, streamed := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/streamed=%t", w, streamed), func(t *testing.T) {
				test(t, w, func(ctx context.Context, c *model.Client, r *model.Request) (*model.Reply, error) {
					if !streamed {
						return c.Ask(ctx, r, nil)
					}
					var text strings.Builder
					reply, err := c.Ask(ctx, r, func(d model.Delta) { text.WriteString(d.Text) })
					if err == nil && reply.Stop == model.Ended && text.String() != reply.Message.Text {
						t.Errorf("the parts are %q, the reply %q", text.String(), reply.Message.Text)
					}
					return reply, err
				})
			})
		}
	}
}

func start(t *testing.T, turns ...agenttest.Turn) *agenttest.Provider {
	p := agenttest.Start(agenttest.Turns(turns...))
	t.Cleanup(p.Close)
	return p
}

func user(text string) *model.Request {
	return &model.Request{Messages: []model.Message{{Role: model.User, Text: text}}}
}

var (
	answer = json.RawMessage(`{"type":"object","properties":{"a":{"type":"integer"}},"required":["a"],"additionalProperties":false}`)
	look   = model.Tool{Name: "Look", Description: "looks", Parameters: json.RawMessage(`{"type":"object","properties":{"id":{"type":"string"}}}`)}
)

// TestAsk: a request comes to the provider as it is, and a reply comes back as it was given.
func TestAsk(t *testing.T) {
	each(t, func(t *testing.T, w model.Wire, ask func(context.Context, *model.Client, *model.Request) (*model.Reply, error)) {
		p := start(t, agenttest.Turn{Thought: "hm", Text: `{"a":"日本 😀 <b>"}`, Usage: &model.Usage{In: 100, Cached: 40, Out: 7}})
		r := &model.Request{
			System: "You <are> it.", Answer: answer, MaxTokens: 99,
			Messages: []model.Message{{Role: model.User, Text: "Was gibt's?", Media: []model.Media{{Type: "image/png", Data: []byte{1, 2}}, {Type: "application/pdf", Data: []byte("%PDF")}}}},
		}
		reply, err := ask(t.Context(), p.Client(w, "m1"), r)
		if err != nil {
			t.Fatal(err)
		}
		reply.Message.Raw, reply.Message.RawOf = nil, ""
		want := &model.Reply{Message: model.Message{Role: model.Assistant, Text: `{"a":"日本 😀 <b>"}`}, Stop: model.Ended, Usage: &model.Usage{In: 100, Cached: 40, Out: 7}, Model: "m1"}
		if diff := cmp.Diff(want, reply); diff != "" {
			t.Errorf("the reply (-want +got):\n%s", diff)
		}
		got := p.Requests()[0]
		if diff := cmp.Diff(r, &got.Request); diff != "" || got.Model != "m1" {
			t.Errorf("the request to %s (-want +got):\n%s", got.Model, diff)
		}
	})
}

// TestCalls: calls come with their arguments, their results go back under their ids, and what
// the provider wrote goes back to it as it was, and to no other one.
func TestCalls(t *testing.T) {
	each(t, func(t *testing.T, w model.Wire, ask func(context.Context, *model.Client, *model.Request) (*model.Reply, error)) {
		p := start(t,
			agenttest.Turn{Thought: "first look", Text: "I look.", Calls: []model.Call{{Name: "Look", Arguments: `{"id":"7"}`}, {Name: "Look", Arguments: `{"id":"8"}`}}},
			agenttest.Turn{Text: "done"}, agenttest.Turn{Text: "done"})
		r := user("look")
		r.Tools = []model.Tool{look}
		c := p.Client(w, "m1")
		reply, err := ask(t.Context(), c, r)
		if err != nil {
			t.Fatal(err)
		}
		calls := reply.Message.Calls
		if reply.Stop != model.Ended || len(calls) != 2 || calls[1].Name != "Look" || calls[1].Arguments != `{"id":"8"}` || calls[0].ID == calls[1].ID {
			t.Fatalf("got %+v", reply)
		}
		r.NoCalls = true
		r.Messages = append(r.Messages, reply.Message, model.Message{Role: model.Tools, Results: []model.Result{
			{Call: calls[0].ID, Name: "Look", Text: "seven"}, {Call: calls[1].ID, Name: "Look", Text: "no such", Failed: true},
		}})
		if _, err := ask(t.Context(), c, r); err != nil {
			t.Fatal(err)
		}
		other := *c
		other.BaseURL += "/"
		if _, err := ask(t.Context(), &other, r); err != nil {
			t.Fatal(err)
		}
		own, foreign := p.Requests()[1], p.Requests()[2]
		for _, got := range []*agenttest.Request{own, foreign} {
			last := got.Messages[2].Results
			if len(got.Messages[1].Calls) != 2 || got.Messages[1].Text != "I look." || len(last) != 2 || last[1].Text != "no such" || !got.NoCalls {
				t.Errorf("got %+v", got.Request)
			}
			if w != model.ChatCompletions && !last[1].Failed {
				t.Error("a failed call counts as one that has given something")
			}
		}
		kept := func(r *agenttest.Request) bool { return strings.Contains(string(r.Body), "c2lnbmF0dXJl") }
		if w != model.ChatCompletions && (!kept(own) || kept(foreign)) {
			t.Errorf("signatures go to their provider: %t, to another one: %t", kept(own), kept(foreign))
		}
	})
}

// TestStops: a reply that isn't whole says so.
func TestStops(t *testing.T) {
	each(t, func(t *testing.T, w model.Wire, ask func(context.Context, *model.Client, *model.Request) (*model.Reply, error)) {
		p := start(t, agenttest.Turn{Text: "abc", Stop: model.Cut, NoUsage: true}, agenttest.Turn{Text: "I don't", Stop: model.Refused}, agenttest.Turn{})
		for _, want := range []model.Stop{model.Cut, model.Refused, model.Ended} {
			reply, err := ask(t.Context(), p.Client(w, "m"), user("x"))
			if err != nil || reply.Stop != want || (reply.Usage == nil) != (want == model.Cut) {
				t.Errorf("got %+v, %v, want %s", reply, err, want)
			}
		}
	})
}

// TestFailures: each failure has its class, says what the provider said, and never the key.
func TestFailures(t *testing.T) {
	each(t, func(t *testing.T, w model.Wire, ask func(context.Context, *model.Client, *model.Request) (*model.Reply, error)) {
		for _, c := range []struct {
			name  string
			turn  agenttest.Turn
			class model.Class
			text  string
			after time.Duration
		}{
			{"limit", agenttest.Turn{Status: 429, Text: "slow down", RetryAfter: 1500 * time.Millisecond}, model.Limited, "slow down (it may be asked again in 1.5s)", 1500 * time.Millisecond},
			{"limit without a time", agenttest.Turn{Status: 429}, model.Limited, "Too Many Requests", 0},
			{"limit of a year", agenttest.Turn{Status: 429, RetryAfter: 365 * 24 * time.Hour}, model.Limited, "", time.Hour},
			{"outage", agenttest.Turn{Status: 500}, model.Outage, "500, outage: Internal Server Error", 0},
			{"overload", agenttest.Turn{Status: 529, Text: "busy"}, model.Outage, "busy", 0},
			{"no model", agenttest.Turn{Status: 404, Text: "no m1"}, model.NoModel, "no m1", 0},
			{"bad request", agenttest.Turn{Status: 400, Text: "wrong"}, model.BadRequest, "wrong", 0},
			{"forbidden", agenttest.Turn{Status: 403, Text: "agenttest-key may not"}, model.Denied, "**** may not", 0},
			{"the key in what is said", agenttest.Turn{Status: 400, Text: "wrong: agenttest-key"}, model.BadRequest, "wrong: ****", 0},
			{"lines and escapes", agenttest.Turn{Status: 400, Text: "a\nb \x1b[31m"}, model.BadRequest, "a b", 0},
			{"a long text", agenttest.Turn{Status: 400, Text: strings.Repeat("wörter ", 200)}, model.BadRequest, " …", 0},
			{"cut off", agenttest.Turn{Text: "日本語日本語", Break: 101}, model.Outage, "", 0},
			{"cut off at once", agenttest.Turn{Text: "x", Break: 1}, model.Outage, "", 0},
		} {
			p := start(t, c.turn)
			reply, err := ask(t.Context(), p.Client(w, "m1"), user("x"))
			var e *model.Error
			if !errors.As(err, &e) || e.Class != c.class || e.RetryAfter != c.after || !strings.Contains(err.Error(), c.text) || !strings.Contains(err.Error(), "model m1 at 127.0.0.1:") {
				t.Errorf("%s: got %+v, %v", c.name, reply, err)
				continue
			}
			if all := fmt.Sprintf("%v %+v %#v", err, p.Client(w, "m1"), p.Client(w, "m1")); strings.Contains(all, "agenttest-key") {
				t.Errorf("%s: the key is in %s", c.name, all)
			}
		}
	})
}

// TestKeys: without a key, and with a wrong one, it says what is the matter.
func TestKeys(t *testing.T) {
	each(t, func(t *testing.T, w model.Wire, ask func(context.Context, *model.Client, *model.Request) (*model.Reply, error)) {
		p := start(t)
		for key, want := range map[model.Key]string{"": "wants a key, and there is none", "sk-wrong-1234": "doesn't take the key"} {
			c := p.Client(w, "m1")
			c.Key = key
			_, err := ask(t.Context(), c, user("x"))
			var e *model.Error
			if !errors.As(err, &e) || e.Class != model.BadKey || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "1234") {
				t.Errorf("got %v", err)
			}
		}
		if len(p.Requests()) > 0 {
			t.Error("a request without the key was taken")
		}
	})
}

// TestConnections: what goes wrong before a reply, or never ends, ends with what it was.
func TestConnections(t *testing.T) {
	served := func(handler http.HandlerFunc) string {
		s := httptest.NewServer(handler)
		t.Cleanup(s.Close)
		return s.URL
	}
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	redirected := false
	elsewhere := served(func(http.ResponseWriter, *http.Request) { redirected = true })
	for _, c := range []struct {
		name, url string
		class     model.Class
		text      string
	}{
		{"nobody", "http://" + closed.Addr().String(), model.Outage, "nobody answers there"},
		{"a page", served(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html>") }), model.BadReply, "in <html>"},
		{"nothing", served(func(http.ResponseWriter, *http.Request) {}), model.BadReply, ""},
		{"another JSON", served(func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, `{"choices":7,"content":7,"candidates":7}`)
		}), model.BadReply, ""},
		{"an empty object", served(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{}`) }), model.Outage, "ended before its end"},
		{"another address", served(func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere, http.StatusTemporaryRedirect)
		}), model.BadRequest, "isn't followed"},
		{"silence", served(func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			<-r.Context().Done()
		}), model.Outage, "silent for 100ms"},
		{"too much", served(func(w http.ResponseWriter, _ *http.Request) {
			part := strings.Repeat(" ", 1<<20)
			for range 20 {
				fmt.Fprint(w, part)
			}
		}), model.BadReply, "more than 16 MiB"},
		{"a stream of events that are none", served(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/event-stream")
			fmt.Fprint(w, "data: {\n\n")
		}), model.BadReply, "in {"},
	} {
		for _, w := range wires {
			m := &model.Client{Wire: w, BaseURL: c.url, Model: "m1", Key: "secret"}
			if c.name == "silence" {
				m.Idle = 100 * time.Millisecond
			}
			reply, err := m.Ask(t.Context(), user("x"), func(model.Delta) {})
			var e *model.Error
			if !errors.As(err, &e) || e.Class != c.class || !strings.Contains(err.Error(), c.text) {
				t.Errorf("%s, %s: got %+v, %v", c.name, w, reply, err)
			}
		}
	}
	if redirected {
		t.Error("a redirect is followed")
	}
	for _, url := range []string{"127.0.0.1", "ftp://x", "http://", ":", "http://user:secret@/"} {
		m := &model.Client{Wire: model.Gemini, BaseURL: url, Model: "m1"}
		if _, err := m.Ask(t.Context(), user("x"), nil); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: got %v", url, err)
		}
	}
	if _, err := (&model.Client{Wire: "telex", Model: "m1"}).Ask(t.Context(), user("x"), nil); err == nil || !strings.Contains(err.Error(), `there is no wire "telex"`) {
		t.Errorf("got %v", err)
	}
}

// TestEndless: a stream without an end has one, and an end of the context ends it at once.
func TestEndless(t *testing.T) {
	for _, w := range wires {
		p := start(t, agenttest.Turn{Text: "x", Endless: true}, agenttest.Turn{Text: "x", Endless: true})
		_, err := p.Client(w, "m").Ask(t.Context(), user("x"), func(model.Delta) {})
		var e *model.Error
		if !errors.As(err, &e) || e.Class != model.BadReply {
			t.Errorf("%s: got %v", w, err)
		}
		ctx, cancel := context.WithCancelCause(t.Context())
		stop := errors.New("stop")
		time.AfterFunc(20*time.Millisecond, func() { cancel(stop) })
		if _, err = p.Client(w, "m").Ask(ctx, user("x"), func(model.Delta) {}); err != stop {
			t.Errorf("%s: cancelled: got %v", w, err)
		}
	}
}
