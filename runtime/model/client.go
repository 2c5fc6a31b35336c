package model

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// A Wire is how a provider is spoken to.
type Wire string

// The wires, and where each is spoken where a Client has no BaseURL.
const (
	ChatCompletions   Wire = "chat completions" // https://api.openai.com/v1
	AnthropicMessages Wire = "messages"         // https://api.anthropic.com
	Gemini            Wire = "gemini"           // https://generativelanguage.googleapis.com/v1beta
)

// A Client is one model of one provider. Its fields aren't changed once it is used; it may
// be used by several goroutines.
type Client struct {
	Wire    Wire
	BaseURL string // what comes before the wire's own path; empty for the provider that the wire is of
	Model   string // as the provider calls it
	Key     Key    // empty for a provider that wants none
	// HTTP sends the requests; nil for http.DefaultClient. Its CheckRedirect isn't asked.
	HTTP *http.Client
	// Idle is how long a provider may be silent, before and within a reply; 0 for two minutes.
	Idle time.Duration
}

// maxReply bounds what is read of a reply, so that a stream without an end has one.
const maxReply = 16 << 20

// A wire is one of the three: how a request is written, and how replies are read.
type wire struct {
	base string
	path func(model string, stream bool) string
	// keyHeader has the key, behind keyPrefix. headers are the others that the wire wants; nil
	// for none.
	keyHeader, keyPrefix string
	headers              map[string]string
	body                 func(c *Client, r *Request, stream bool) (any, error)
	// reader reads a reply; calls is how many calls the conversation has had, for ids.
	reader func(calls int) reader
	// failure reads what the body of an answer says that isn't 200: in words, the provider's
	// word for it, and a status, where it has these.
	failure func(body []byte) (text, code string, status int)
}

// A reader puts a reply together of what comes: events of a stream, or the body as one.
type reader interface {
	// event reads an event, and gives what it adds to the text.
	event(data []byte) (text string, err error)
	// whole reads a reply that isn't streamed.
	whole(data []byte) error
	// reply is what has come; nil where that isn't a whole reply. An error says that the
	// reply ended for a reason that is none of a model's.
	reply() (*Reply, error)
}

var wires = map[Wire]*wire{ChatCompletions: &chatWire, AnthropicMessages: &messagesWire, Gemini: &geminiWire}

// Ask asks the model once. Where partial isn't nil the reply is streamed, and partial gets
// each part of the answer as it comes, on the caller's goroutine. The error is ctx's cause
// where that has ended, and an *Error otherwise; a partial before it counts for nothing.
func (c *Client) Ask(ctx context.Context, r *Request, partial func(Delta)) (*Reply, error) {
	w := wires[c.Wire]
	if w == nil {
		return nil, &Error{Class: BadRequest, Model: c.Model, Text: fmt.Sprintf("there is no wire %q; the wires are %q, %q and %q", c.Wire, ChatCompletions, AnthropicMessages, Gemini)}
	}
	a := &asking{client: c, wire: w, partial: partial, calls: calls(r.Messages)}
	reply, err := a.ask(ctx, r)
	if err != nil && ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	return reply, err
}

// An asking is one Ask.
type asking struct {
	client  *Client
	wire    *wire
	partial func(Delta)
	host    string
	calls   int // that the conversation has had
}

func calls(all []Message) (n int) {
	for i := range all {
		n += len(all[i].Calls)
	}
	return n
}

func (a *asking) ask(ctx context.Context, r *Request) (*Reply, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	request, err := a.request(ctx, r)
	if err != nil {
		return nil, err
	}
	idle := a.client.Idle
	if idle <= 0 {
		idle = 2 * time.Minute
	}
	silent := fmt.Errorf("it was silent for %v", idle)
	watch := time.AfterFunc(idle, func() { cancel(silent) })
	defer watch.Stop()
	answer, err := a.http().Do(request)
	if err != nil {
		return nil, a.broken(ctx, silent, err)
	}
	defer answer.Body.Close()
	body := &watched{Reader: io.LimitReader(answer.Body, maxReply+1), watch: watch, idle: idle}
	if answer.StatusCode != http.StatusOK {
		return nil, a.refused(answer, body)
	}
	reply, err := a.read(answer, body)
	if err != nil {
		if e := (*Error)(nil); errors.As(err, &e) {
			return nil, err
		}
		return nil, a.broken(ctx, silent, err)
	}
	return reply, nil
}

// watched puts off the moment at which a provider counts as silent: its silence is that of
// who is read from, and not of who is told what was read.
type watched struct {
	io.Reader
	watch *time.Timer
	idle  time.Duration
	n     int
}

func (w *watched) Read(p []byte) (int, error) {
	w.watch.Reset(w.idle)
	n, err := w.Reader.Read(p)
	w.watch.Stop()
	w.n += n
	return n, err
}

// http is the client that the request is sent by. It follows no redirect: the key would go
// to whom it leads.
func (a *asking) http() *http.Client {
	h := http.DefaultClient
	if a.client.HTTP != nil {
		h = a.client.HTTP
	}
	own := *h
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &own
}

// request is what is sent.
func (a *asking) request(ctx context.Context, r *Request) (*http.Request, error) {
	base := a.client.BaseURL
	if base == "" {
		base = a.wire.base
	}
	at, err := url.Parse(strings.TrimRight(base, "/"))
	if err != nil || at.Host == "" || at.Scheme != "http" && at.Scheme != "https" {
		return nil, a.failed(BadRequest, 0, "its base URL isn't one of http or https") // which may hold a secret
	}
	a.host = at.Host
	if strings.ContainsFunc(string(a.client.Key), func(c rune) bool { return c <= ' ' || c > '~' }) {
		return nil, a.failed(BadKey, 0, "the key has a character that no header may have, as a line break at its end")
	}
	path, query, _ := strings.Cut(a.wire.path(a.client.Model, a.partial != nil), "?")
	at.Path, at.RawPath = at.Path+path, ""
	if query != "" {
		at.RawQuery = strings.TrimPrefix(at.RawQuery+"&"+query, "&")
	}
	own := *r
	own.Messages = distinct(r.Messages, a.client.provider())
	content, err := a.wire.body(a.client, &own, a.partial != nil)
	if err != nil {
		return nil, a.failed(BadRequest, 0, err.Error())
	}
	data, err := encode(content)
	if err != nil {
		return nil, a.failed(BadRequest, 0, err.Error())
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, at.String(), bytes.NewReader(data))
	if err != nil {
		return nil, a.failed(BadRequest, 0, "its base URL can't be asked")
	}
	request.Header.Set("Content-Type", "application/json")
	for name, value := range a.wire.headers {
		request.Header.Set(name, value)
	}
	if a.client.Key != "" {
		request.Header.Set(a.wire.keyHeader, a.wire.keyPrefix+string(a.client.Key))
	}
	return request, nil
}

// encode is JSON without the escapes for HTML, which cost tokens where a provider counts them.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return b.Bytes(), err
}

// read reads a reply.
func (a *asking) read(answer *http.Response, body *watched) (*Reply, error) {
	r := a.wire.reader(a.calls)
	var err error
	streamed := strings.HasPrefix(answer.Header.Get("Content-Type"), "text/event-stream")
	if streamed {
		err = events(body, func(data []byte) error {
			text, err := r.event(data)
			if err == nil && text != "" && a.partial != nil {
				a.partial(Delta{Text: text})
			}
			return err
		})
	} else {
		var data []byte
		if data, err = io.ReadAll(body); err == nil && body.n <= maxReply {
			err = r.whole(data)
		}
	}
	var reply *Reply
	if err == nil {
		reply, err = r.reply()
	}
	var said *said
	var wrong *unreadable
	switch {
	case body.n > maxReply:
		return nil, a.failed(BadReply, 0, fmt.Sprintf("it has more than %d MiB", maxReply>>20))
	case errors.As(err, &said):
		return nil, a.failed(classOf(said.status, said.code), said.status, a.tell(said.text))
	case errors.As(err, &wrong):
		return nil, a.failed(BadReply, 0, a.tell(wrong.text))
	case err != nil:
		return nil, err
	}
	if reply == nil {
		return nil, a.failed(Outage, 0, "the reply ended before its end")
	}
	if told := reply.Message.Text; a.partial != nil && !streamed && told != "" {
		a.partial(Delta{Text: told})
	}
	if reply.Message.RawOf = ""; reply.Message.Raw != nil {
		reply.Message.RawOf = a.client.provider()
	}
	return reply, nil
}

// A said is a failure that a provider tells within a reply that it has begun.
type said struct {
	status     int
	code, text string
}

func (s *said) Error() string { return s.text }

// endedBy is the failure of a reply that ended for a reason of its provider's, which isn't
// known to be a model's: the next one may come.
func endedBy(reason string) error {
	return &said{status: http.StatusInternalServerError, text: "the reply ended with " + reason}
}

// An unreadable is what is no reply of the wire.
type unreadable struct{ text string }

func (u *unreadable) Error() string { return u.text }

// decode reads a part of a reply, which may have fields that nobody here knows.
func decode(data []byte, into any) error {
	if err := json.Unmarshal(data, into); err != nil {
		return &unreadable{fmt.Sprintf("%v in %s", err, data)}
	}
	return nil
}

// provider is who a client's raw replies go back to: the wire, and where it is spoken,
// without what may be a secret there.
func (c *Client) provider() string {
	at, err := url.Parse(c.BaseURL)
	if err != nil {
		return string(c.Wire)
	}
	return string(c.Wire) + " " + at.Host + at.Path
}
