// Package mcpserve serves the workflows of an engine by the Model Context Protocol, so that
// assistants and agents of others call them as tools. Each workflow is a tool, with its doc
// comment, the JSON Schemas of its input and result, and the hint that it only reads where it
// has no effect. A call is a durable execution: to a client that knows tasks (the extension
// io.modelcontextprotocol/tasks, revision 2026-07-28) it is one, whose id outlives the
// connection and the process; any other client waits for the result.
//
// What the protocol calls a task's input are a workflow's approvals: a task is input_required
// while its execution asks somebody whom the client may speak for, and tasks/update answers.
// It never answers for anybody else, shows no execution but to who has started it here, and
// leaves to its caller who that is.
package mcpserve

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/foreign"
)

// A Caller is who a request comes from.
type Caller struct {
	// Name tells callers apart, and is who answers an approval. It isn't empty.
	Name string
	// Roles are those that the caller has besides being Name; nil for none.
	Roles []string
}

// Options say what is served, and to whom. The zero Options serve everybody as one caller
// who may answer no approval.
type Options struct {
	// Name and Version are what the server calls itself; "wfgen" where Name is empty.
	Name, Version string
	// Caller says whose a request is, by what stands in front of the handler: a session, a
	// token that was verified. An error refuses the request with status 401, and isn't shown.
	Caller func(*http.Request) (Caller, error)
	// Poll is how long a client is asked to wait between two looks at a task; 0 is a second.
	Poll time.Duration
}

// Handler serves the workflows of a registry that the engine has. It may stand under any
// path, and keeps nothing between two requests: any process whose engine has the journal may
// serve them.
func Handler(e *runtime.Engine, r *runtime.Registry, o Options) http.Handler {
	if o.Poll <= 0 {
		o.Poll = time.Second
	}
	if o.Name == "" {
		o.Name = "wfgen"
	}
	type key struct{}
	served := mcp.NewStreamableHTTPHandler(func(h *http.Request) *mcp.Server {
		s, _ := h.Context().Value(key{}).(*server)
		return s.mcp()
	}, &mcp.StreamableHTTPOptions{Stateless: true, JSONResponse: true})
	tools := toolsOf(r)
	return http.HandlerFunc(func(w http.ResponseWriter, h *http.Request) {
		s := &server{engine: e, registry: r, options: &o, tools: tools}
		if o.Caller != nil {
			c, err := o.Caller(h)
			if err != nil || c.Name == "" {
				http.Error(w, "it isn't known who is asking", http.StatusUnauthorized)
				return
			}
			s.caller = &c
		}
		served.ServeHTTP(w, h.WithContext(context.WithValue(h.Context(), key{}, s)))
	})
}

// A server serves one request.
type server struct {
	engine   *runtime.Engine
	registry *runtime.Registry
	options  *Options
	tools    []*mcp.Tool
	caller   *Caller // nil where nobody says who it is
}

const extension = "io.modelcontextprotocol/tasks"

func (s *server) mcp() *mcp.Server {
	can := &mcp.ServerCapabilities{Tools: &mcp.ToolCapabilities{}}
	can.AddExtension(extension, nil)
	m := mcp.NewServer(&mcp.Implementation{Name: s.options.Name, Version: s.options.Version}, &mcp.ServerOptions{Capabilities: can})
	for _, t := range s.tools {
		m.AddTool(t, func(context.Context, *mcp.CallToolRequest) (*mcp.CallToolResult, error) {
			panic("internal error: calls are answered before") // by calls
		})
	}
	m.AddReceivingMiddleware(s.calls)
	add(m, "tasks/get", s.get)
	add(m, "tasks/update", s.update)
	add(m, "tasks/cancel", s.cancel)
	return m
}

// add adds a method of the extension, which is for clients that know it.
func add[P interface {
	*T
	mcp.Params
}, R mcp.Result, T any](m *mcp.Server, method string, do func(context.Context, P) (R, error)) {
	err := mcp.AddReceivingCustomMethod(m, method, func(ctx context.Context, _ *mcp.ServerSession, p P) (r R, err error) {
		if !knowsTasks(p.GetMeta()) {
			return r, &jsonrpc.Error{Code: missingCapability, Message: "the request doesn't say that its client knows tasks", Data: json.RawMessage(`{"requiredCapabilities":{"extensions":{"` + extension + `":{}}}}`)}
		}
		return do(ctx, p)
	})
	if err != nil {
		panic("internal error: " + err.Error()) // of the method's name
	}
}

// missingCapability is the error's code of the extension.
const missingCapability = -32021

// knowsTasks tells whether the client of a request has said that it knows tasks.
func knowsTasks(meta map[string]any) bool {
	can, _ := meta[mcp.MetaKeyClientCapabilities].(map[string]any)
	extensions, _ := can["extensions"].(map[string]any)
	_, ok := extensions[extension]
	return ok
}

// calls answers tools/call.
func (s *server) calls(next mcp.MethodHandler) mcp.MethodHandler {
	return func(ctx context.Context, method string, r mcp.Request) (mcp.Result, error) {
		call, ok := r.(*mcp.CallToolRequest)
		if !ok || method != "tools/call" {
			return next(ctx, method, r)
		}
		d := s.registry.Lookup(call.Params.Name)
		if d == nil {
			return nil, &jsonrpc.Error{Code: jsonrpc.CodeInvalidParams, Message: "there is no workflow " + foreign.Line(call.Params.Name)}
		}
		run, err := s.engine.Submit(ctx, d.Name(), call.Params.Arguments, runtime.ID(s.own()+randomID()))
		if err != nil {
			return failed(err), nil
		}
		if knowsTasks(call.Params.GetMeta()) {
			t, err := s.task(ctx, run.ID())
			if err != nil {
				return nil, err
			}
			t.seed()
			return t, nil
		}
		result, err := run.ResultJSON(ctx)
		if err != nil {
			return failed(err), nil
		}
		return succeeded(result), nil
	}
}

// own begins the ids of the caller's executions, so that nobody gets at another's.
func (s *server) own() string {
	name := ""
	if s.caller != nil {
		name = s.caller.Name
	}
	sum := sha256.Sum256([]byte(name))
	return "mcp/" + hex.EncodeToString(sum[:8]) + "/"
}

// randomID is what nobody guesses: where callers aren't told apart, who has a task's id has
// the task.
func randomID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // it never fails
	return hex.EncodeToString(b[:])
}

// failed is the result of a call that hasn't succeeded.
func failed(err error) *mcp.CallToolResult {
	return &mcp.CallToolResult{IsError: true, Content: []mcp.Content{&mcp.TextContent{Text: err.Error()}}}
}

// succeeded is that of one that has.
func succeeded(result []byte) *mcp.CallToolResult {
	if result == nil {
		return &mcp.CallToolResult{Content: []mcp.Content{&mcp.TextContent{Text: "done"}}}
	}
	return &mcp.CallToolResult{
		StructuredContent: map[string]json.RawMessage{"result": result},
		Content:           []mcp.Content{&mcp.TextContent{Text: string(result)}},
	}
}

// toolsOf are the workflows as tools.
func toolsOf(r *runtime.Registry) (all []*mcp.Tool) {
	for _, d := range r.Workflows() {
		t := &mcp.Tool{
			Name: d.Name(), Description: strings.TrimSpace(d.Doc), InputSchema: json.RawMessage(d.Input),
			Annotations: &mcp.ToolAnnotations{ReadOnlyHint: d.Workflow.Stateless},
		}
		if d.Output != "" {
			t.OutputSchema = wrapped(d.Output)
		}
		all = append(all, t)
	}
	return all
}

// wrapped is the schema of an object with a result, which the protocol wants to be an object.
// What the schema refers to stays at its root.
func wrapped(schema string) json.RawMessage {
	var root map[string]json.RawMessage
	if err := json.Unmarshal([]byte(schema), &root); err != nil {
		panic(fmt.Sprintf("internal error: the schema of a result is no object: %v", err))
	}
	outer := map[string]any{"type": "object", "required": []string{"result"}}
	for _, name := range []string{"$schema", "$defs"} {
		if v, ok := root[name]; ok {
			outer[name] = v
			delete(root, name)
		}
	}
	outer["properties"] = map[string]any{"result": root}
	data, err := json.Marshal(outer)
	if err != nil {
		panic(fmt.Sprintf("internal error: %v", err)) // it was JSON
	}
	return data
}
