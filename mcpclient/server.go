package mcpclient

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/wfgen/wfgen/runtime/foreign"
	"github.com/wfgen/wfgen/runtime/mcp"
	"github.com/wfgen/wfgen/runtime/mcppin"
)

// A Server calls the tools of a server, for any number of workflows at once. It connects when
// it is first asked for something, and again after the connection was lost: the call in whose
// midst that happened fails, and may have done what it does.
type Server struct {
	place Place

	mu      sync.Mutex
	current *session
	begun   *beginning // of the session that is to be current; nil where none is in flight
	closed  bool
}

// A session is a connection with the tools that it began with.
type session struct {
	*connection
	tools *mcppin.File
}

// A beginning is a session that begins, for whoever waits for it.
type beginning struct {
	done   chan struct{} // closed when the others are set
	cancel context.CancelFunc
	*session
	err error
}

var _ mcp.Server = (*Server)(nil)

// New gives a server at a place. Nothing is reached yet.
func New(p Place) *Server { return &Server{place: p} }

// Close ends the connection; a later call fails.
func (s *Server) Close() {
	s.mu.Lock()
	s.closed = true
	current, begun := s.current, s.begun
	s.current = nil
	s.mu.Unlock()
	if begun != nil {
		begun.cancel()
		<-begun.done
	}
	if current != nil {
		current.close()
	}
}

// session gives the connection that there is, or begins one. Who waits for it no longer leaves
// it to the others.
func (s *Server) session(ctx context.Context) (*session, error) {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil, s.over()
	}
	if s.current != nil {
		defer s.mu.Unlock()
		return s.current, nil
	}
	b := s.begun
	if b == nil {
		b = &beginning{done: make(chan struct{})}
		var life context.Context
		life, b.cancel = context.WithTimeout(context.WithoutCancel(ctx), s.place.timeout())
		s.begun = b
		go s.begin(life, b)
	}
	s.mu.Unlock()
	select {
	case <-b.done:
		return b.session, b.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (s *Server) over() error { return fmt.Errorf("the server %s was closed", &s.place) }

// begin connects and lists the tools.
func (s *Server) begin(ctx context.Context, b *beginning) {
	defer close(b.done)
	defer b.cancel()
	c, err := s.place.connect(ctx)
	var tools *mcppin.File
	if err == nil {
		if tools, err = c.list(ctx); err != nil {
			c.close()
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.begun = nil
	switch {
	case s.closed:
		b.err = s.over()
		if err == nil {
			c.close()
		}
	case err != nil:
		b.err = err
	default:
		b.session = &session{c, tools}
		s.current = b.session
	}
}

// lose ends a connection that is of no use any more.
func (s *Server) lose(lost *session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.current == lost {
		s.current = nil
		go lost.close() // which may take a moment
	}
}

// Tool gives a tool as it was listed when the connection began.
func (s *Server) Tool(ctx context.Context, name string) (*mcppin.Tool, error) {
	c, err := s.session(ctx)
	if err != nil {
		return nil, err
	}
	return c.tools.Tool(name), nil
}

// Call calls a tool. What isn't text in its result is named and left out.
func (s *Server) Call(ctx context.Context, name string, arguments []byte) (*mcp.Result, error) {
	c, err := s.session(ctx)
	if err != nil {
		return nil, err
	}
	r, err := within(ctx, func() (*sdk.CallToolResult, error) {
		return c.session.CallTool(ctx, &sdk.CallToolParams{Name: name, Arguments: json.RawMessage(arguments)})
	})
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil && answered(err):
		return nil, fmt.Errorf("the server %s refuses the call of %s: %s", &s.place, foreign.Line(name), foreign.Line(cut(err.Error(), 500)))
	case err != nil:
		err = c.explain(ctx, "doesn't answer the call of "+foreign.Line(name), err)
		s.lose(c)
		return nil, err
	}
	out := &mcp.Result{Failed: r.IsError, Text: text(r.Content)}
	if r.StructuredContent != nil {
		out.Structured, err = json.Marshal(r.StructuredContent)
	}
	return out, err
}

// answered tells whether an error is an answer of the server, with which the connection goes
// on.
func answered(err error) bool {
	var wire *jsonrpc.Error
	return errors.As(err, &wire)
}

// text is the text of a result.
func text(content []sdk.Content) string {
	var parts []string
	for _, c := range content {
		switch c := c.(type) {
		case *sdk.TextContent:
			parts = append(parts, c.Text)
		case *sdk.ImageContent:
			parts = append(parts, fmt.Sprintf("[an image, %s, %d bytes]", c.MIMEType, len(c.Data)))
		case *sdk.AudioContent:
			parts = append(parts, fmt.Sprintf("[a sound, %s, %d bytes]", c.MIMEType, len(c.Data)))
		case *sdk.EmbeddedResource:
			if c.Resource != nil {
				parts = append(parts, c.Resource.Text)
			}
		case *sdk.ResourceLink:
			parts = append(parts, c.URI)
		}
	}
	return strings.Join(parts, "\n")
}
