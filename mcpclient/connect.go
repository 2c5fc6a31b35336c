// Package mcpclient reaches servers of the Model Context Protocol, over its SDK: it lists what
// tools one has, and calls them for workflows. A server is a stranger that may die, hang, lie
// or never end: all that it says is bounded in time and size, and an error says which bound
// was met and what to do. It offers a server nothing of its own: neither models to ask nor
// people to question nor files.
package mcpclient

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/wfgen/wfgen/runtime/foreign"
	"github.com/wfgen/wfgen/runtime/mcppin"
)

// A Place is where a server is. One of URL and Command is given.
type Place struct {
	URL string // of a server over HTTP
	// Header is sent with each request to the URL's host, and to no other: where secrets go.
	Header  http.Header
	Command []string // starts a server that speaks on its standard input and output
	// Env is added to this process's environment for Command.
	Env []string
	// Timeout bounds connecting and listing the tools; 0 is 30 seconds. Calls are bounded by
	// their contexts.
	Timeout time.Duration
}

const (
	defaultTimeout = 30 * time.Second
	// maxMessage bounds one message of a server, as a result or a page of tools.
	maxMessage = 4 << 20
	// maxPages bounds the pages in which a server gives its tools.
	maxPages = 200
	// patience is how long a command may take to end once its input has.
	patience = 2 * time.Second
)

func (p *Place) timeout() time.Duration {
	if p.Timeout > 0 {
		return p.Timeout
	}
	return defaultTimeout
}

// String says where the server is, without what may be secret.
func (p *Place) String() string {
	at := mcppin.Reached(p.URL, p.Command)
	if at.URL != "" {
		return at.URL
	}
	return foreign.Line(strings.Join(at.Command, " "))
}

// Look connects, gives what tools the server has as they are pinned, and leaves.
func Look(ctx context.Context, p Place) (*mcppin.File, error) {
	ctx, cancel := context.WithTimeout(ctx, p.timeout())
	defer cancel()
	c, err := p.connect(ctx)
	if err != nil {
		return nil, err
	}
	defer c.close()
	return c.list(ctx)
}

// A connection is one session with a server.
type connection struct {
	place   *Place
	session *mcp.ClientSession
	process *process // nil over HTTP
	life    context.Context
	end     context.CancelFunc
}

// connect begins a session. The context bounds the beginning alone.
func (p *Place) connect(ctx context.Context) (*connection, error) {
	c := &connection{place: p}
	c.life, c.end = context.WithCancel(context.WithoutCancel(ctx))
	transport, err := c.transport()
	if err != nil {
		c.end()
		return nil, err
	}
	client := mcp.NewClient(&mcp.Implementation{Name: "wfgen", Version: "1"}, &mcp.ClientOptions{Capabilities: &mcp.ClientCapabilities{}})
	c.session, err = within(ctx, func() (*mcp.ClientSession, error) { return client.Connect(ctx, transport, nil) })
	if err != nil {
		err = c.explain(ctx, "doesn't begin a session", err)
		c.close()
		return nil, err
	}
	return c, nil
}

func (c *connection) transport() (mcp.Transport, error) {
	p := c.place
	switch {
	case p.URL != "" && len(p.Command) > 0 || p.URL == "" && len(p.Command) == 0:
		return nil, errors.New("a server of MCP is reached by a URL or by a command: give one of them")
	case p.URL == "":
		var err error
		if c.process, err = start(p); err != nil {
			return nil, fmt.Errorf("the server %s can't be started: %w", p, err)
		}
		return &mcp.IOTransport{Reader: c.process.out, Writer: c.process.in, MaxLineLength: maxMessage}, nil
	}
	u, err := url.Parse(p.URL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("%s is no URL of a server: one begins with https:// or http://", p)
	}
	if u.Scheme == "http" && len(p.Header) > 0 && !local(u.Hostname()) {
		return nil, fmt.Errorf("a header for %s would go there unencrypted, for all on the way to read: use https", p)
	}
	return &mcp.StreamableClientTransport{
		Endpoint: p.URL, HTTPClient: &http.Client{Transport: &headed{u, p.Header, c.life}},
		MaxRetries: -1, DisableStandaloneSSE: true, MaxEventSize: maxMessage,
	}, nil
}

func local(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// within gives what do gives, or gives up when the context ends: a server may keep do from
// ever ending.
func within[T any](ctx context.Context, do func() (T, error)) (T, error) {
	type outcome struct {
		v   T
		err error
	}
	done := make(chan outcome, 1)
	go func() {
		v, err := do()
		done <- outcome{v, err}
	}()
	select {
	case o := <-done:
		return o.v, o.err
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	}
}

// A headed transport adds headers to requests of one host, and bounds what it answers.
type headed struct {
	to     *url.URL
	header http.Header
	life   context.Context // a request ends with it, whoever waits for the answer
}

// RoundTrip sends a request. One that was led to another host goes there without the headers.
func (h *headed) RoundTrip(r *http.Request) (*http.Response, error) {
	ctx, end := context.WithCancel(r.Context())
	stop := context.AfterFunc(h.life, end)
	cancel := func() { stop(); end() }
	r = r.WithContext(ctx)
	if r.URL.Host == h.to.Host && r.URL.Scheme == h.to.Scheme {
		r = r.Clone(r.Context())
		for name, values := range h.header {
			r.Header[name] = values
		}
	}
	response, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		cancel()
		return nil, err
	}
	response.Body = &bounded{response.Body, cancel, 4 * maxMessage}
	return response, nil
}

// errTooLong says that a server has given more than is read.
var errTooLong = fmt.Errorf("a message is longer than %d MiB", maxMessage>>20)

type bounded struct {
	io.ReadCloser
	cancel context.CancelFunc
	left   int
}

func (b *bounded) Close() error {
	b.cancel()
	return b.ReadCloser.Close()
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errTooLong
	}
	n, err := b.ReadCloser.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}

// list gives the tools, as they are pinned.
func (c *connection) list(ctx context.Context) (*mcppin.File, error) {
	var tools []*mcppin.Tool
	var cursor string
	for page := 0; ; page++ {
		if page == maxPages || len(tools) > mcppin.MaxTools {
			return nil, fmt.Errorf("the server %s goes on to list tools: %d in %d pages so far, and no more are read. Have it offer fewer, if it has a setting for that", c.place, len(tools), page)
		}
		r, err := within(ctx, func() (*mcp.ListToolsResult, error) {
			return c.session.ListTools(ctx, &mcp.ListToolsParams{Cursor: cursor})
		})
		if err != nil {
			return nil, c.explain(ctx, "doesn't list its tools", err)
		}
		for _, t := range r.Tools {
			pinned, err := pin(t)
			if err != nil {
				return nil, fmt.Errorf("the server %s: %w", c.place, err)
			}
			tools = append(tools, pinned)
		}
		if cursor = r.NextCursor; cursor == "" {
			break
		}
	}
	reached, revision := mcppin.Reached(c.place.URL, c.place.Command), ""
	if hello := c.session.InitializeResult(); hello != nil {
		revision = hello.ProtocolVersion
		if hello.ServerInfo != nil {
			reached.Name, reached.Version = hello.ServerInfo.Name, hello.ServerInfo.Version
		}
	}
	f, err := mcppin.New(reached, revision, tools)
	if err != nil {
		return nil, fmt.Errorf("the server %s: %w", c.place, err)
	}
	return f, nil
}

func pin(t *mcp.Tool) (*mcppin.Tool, error) {
	if t == nil {
		return nil, errors.New("a tool is null")
	}
	out := &mcppin.Tool{Name: t.Name, Title: t.Title, Description: t.Description}
	if a := t.Annotations; a != nil {
		out.Hints = &mcppin.Hints{ReadOnly: a.ReadOnlyHint, Idempotent: a.IdempotentHint, Destructive: a.DestructiveHint}
	}
	var err error
	if out.Input, err = json.Marshal(t.InputSchema); err != nil {
		return nil, err
	}
	if t.OutputSchema != nil {
		out.Output, err = json.Marshal(t.OutputSchema)
	}
	return out, err
}

// explain says what went wrong with a server and, where that is known, what to do.
func (c *connection) explain(ctx context.Context, what string, err error) error {
	text, hint := c.place.untold(err), ""
	switch {
	case errors.Is(err, context.DeadlineExceeded) || errors.Is(ctx.Err(), context.DeadlineExceeded):
		text = fmt.Sprintf("no answer within %s", c.place.timeout())
		hint = "look whether it runs and speaks MCP there, or give it more time"
	case errors.Is(err, errTooLong) || strings.Contains(text, "exceed") || strings.Contains(text, errTooLong.Error()):
		text = errTooLong.Error()
		hint = "have it offer fewer tools, if it has a setting for that"
	case strings.Contains(text, "Unauthorized") || strings.Contains(text, "Forbidden") || strings.Contains(text, "401"):
		hint = "give it what it asks for as a header"
	case c.process != nil && strings.Contains(text, "invalid character"):
		hint = "it may write something else than MCP to its standard output"
	case c.process != nil && c.process.ended():
		text = "it ended" + c.process.how()
	}
	said := ""
	if c.process != nil {
		said = c.process.said()
	}
	message := fmt.Sprintf("the server %s %s: %s", c.place, what, foreign.Line(cut(text, 500)))
	if hint != "" {
		message += "; " + hint
	}
	if said != "" {
		message += "\nit said: " + foreign.Lines(said)
	}
	return &serverError{message, err}
}

// untold is the text of an error without addresses, in which secrets may stand.
func (p *Place) untold(err error) string {
	text := err.Error()
	var at *url.Error
	if errors.As(err, &at) {
		text = strings.ReplaceAll(text, at.Error(), at.Op+": "+at.Err.Error())
		text = strings.ReplaceAll(text, at.URL, p.String())
	}
	if p.URL != "" {
		text = strings.ReplaceAll(text, p.URL, p.String())
	}
	return text
}

// A serverError is what went wrong with a server, in words for people.
type serverError struct {
	text  string
	cause error
}

func (e *serverError) Error() string { return e.text }
func (e *serverError) Unwrap() error { return e.cause }

func cut(text string, n int) string {
	if len(text) <= n {
		return text
	}
	return strings.ToValidUTF8(text[:n], "") + "…"
}

// close ends the session. A server that doesn't let go of it keeps nobody.
func (c *connection) close() {
	if c.session != nil {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		_, _ = within(ctx, func() (any, error) { return nil, c.session.Close() }) // it is over, however that went
	}
	c.end()
	if c.process != nil {
		c.process.stop()
	}
}

// A process is a server that was started.
type process struct {
	cmd   *exec.Cmd
	in    io.WriteCloser
	out   io.ReadCloser
	told  *tail
	done  chan struct{} // closed when it has ended
	state *os.ProcessState
}

func start(p *Place) (*process, error) {
	// It outlives the context of what started it, and is stopped by close.
	cmd := exec.Command(p.Command[0], p.Command[1:]...)
	cmd.Env = append(os.Environ(), p.Env...)
	out, give, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	s := &process{cmd: cmd, out: out, told: &tail{}, done: make(chan struct{})}
	cmd.Stdout, cmd.Stderr, cmd.WaitDelay = give, s.told, patience
	if s.in, err = cmd.StdinPipe(); err == nil {
		err = cmd.Start()
	}
	_ = give.Close() // the process has its own
	if err != nil {
		return nil, errors.Join(err, out.Close())
	}
	go func() {
		_ = cmd.Wait() // how it ended is in its state
		s.state = cmd.ProcessState
		close(s.done)
	}()
	return s, nil
}

// ended tells whether the process has ended, or does so in a moment: its output ends first.
func (s *process) ended() bool {
	select {
	case <-s.done:
		return true
	case <-time.After(100 * time.Millisecond):
		return false
	}
}

func (s *process) how() string { return " with " + s.state.String() }

// said is the end of what the process has written for people.
func (s *process) said() string { return s.told.String() }

func (s *process) stop() {
	_ = s.in.Close() // it may have ended
	select {
	case <-s.done:
	case <-time.After(patience):
		_ = s.cmd.Process.Kill() // it may have ended
	}
	_ = s.out.Close() // so that nobody waits for more
}

// A tail keeps the end of what is written.
type tail struct {
	mu   sync.Mutex
	text []byte
}

const tailLength = 1 << 10

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, p...)
	if over := len(t.text) - tailLength; over > 0 {
		t.text = append(t.text[:0], t.text[over:]...)
	}
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.ToValidUTF8(string(bytes.TrimSpace(t.text)), "")
}
