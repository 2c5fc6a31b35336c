package mcpserve_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/wfgen/wfgen/examples/templates/approval"
	"github.com/wfgen/wfgen/mcpserve"
	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/journal"
	"github.com/wfgen/wfgen/runtime/memory"
)

// served is an engine whose workflows are served.
type served struct {
	*testing.T
	engine *runtime.Engine
	server *httptest.Server
}

// caller takes the name of who asks from a header, which a test may write.
func caller(r *http.Request) (mcpserve.Caller, error) {
	name := r.Header.Get("X-Name")
	if name == "nobody" {
		return mcpserve.Caller{}, errors.New("secret reason")
	}
	return mcpserve.Caller{Name: name, Roles: strings.Fields(r.Header.Get("X-Roles"))}, nil
}

func serve(t *testing.T, j journal.Journal, o mcpserve.Options) *served {
	t.Helper()
	return serveAll(t, j, approval.Workflows(approval.NewOffice()), o)
}

func serveAll(t *testing.T, j journal.Journal, r *runtime.Registry, o mcpserve.Options) *served {
	t.Helper()
	e, err := runtime.Open(t.Context(), j, r)
	if err != nil {
		t.Fatal(err)
	}
	s := &served{t, e, httptest.NewServer(mcpserve.Handler(e, r, o))}
	t.Cleanup(s.close)
	return s
}

func (s *served) close() {
	s.server.Close()
	s.engine.Close()
}

// ask sends a request as a client of the newest revision, and gives the result, or the error.
func (s *served) ask(as, method, name, params string, tasks bool) map[string]any {
	s.Helper()
	can := `{}`
	if tasks {
		can = `{"extensions":{"io.modelcontextprotocol/tasks":{}}}`
	}
	body := fmt.Sprintf(`{"jsonrpc":"2.0","id":1,"method":%q,"params":{%s"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"t","version":"0"},"io.modelcontextprotocol/clientCapabilities":%s}}}`, method, params, can)
	r, err := http.NewRequestWithContext(context.Background(), http.MethodPost, s.server.URL, bytes.NewBufferString(body))
	if err != nil {
		s.Fatal(err)
	}
	for k, v := range map[string]string{"Content-Type": "application/json", "Accept": "application/json, text/event-stream", "Mcp-Protocol-Version": "2026-07-28", "Mcp-Method": method, "Mcp-Name": name, "X-Name": as, "X-Roles": "buyers"} {
		r.Header.Set(k, v)
	}
	w, err := http.DefaultClient.Do(r)
	if err != nil {
		s.Fatal(err)
	}
	defer w.Body.Close()
	data, err := io.ReadAll(w.Body)
	if err != nil {
		s.Fatal(err)
	}
	var answer struct{ Result, Error map[string]any }
	if err := json.Unmarshal(data, &answer); err != nil {
		return map[string]any{"status": w.StatusCode, "text": string(data)}
	}
	if answer.Error != nil {
		return answer.Error
	}
	return answer.Result
}

func (s *served) purchase(as, input string, tasks bool) map[string]any {
	s.Helper()
	return s.ask(as, "tools/call", "Purchase", `"name":"Purchase","arguments":`+input+`,`, tasks)
}

func (s *served) task(as, method, id, more string) map[string]any {
	s.Helper()
	return s.ask(as, method, id, fmt.Sprintf(`"taskId":%q,%s`, id, more), true)
}

// until looks at a task until it has a status.
func (s *served) until(as, id, status string) map[string]any {
	s.Helper()
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		t := s.task(as, "tasks/get", id, "")
		if t["status"] == status {
			return t
		}
		if time.Now().After(end) {
			s.Fatalf("the task is %v, want %s", t, status)
		}
	}
}

const (
	pen  = `{"r":{"id":"1","by":"eve","item":"a pen","amount":2.5,"approver":"ann","superior":"bob"}}`
	desk = `{"r":{"id":"2","by":"eve","item":"a desk","amount":900.0,"approver":"ann","superior":"bob"}}`
)

func text(v any) string {
	data, _ := json.Marshal(v)
	return string(data)
}

// TestCall: a client that knows no tasks waits for the result, and is told what is wrong.
func TestCall(t *testing.T) {
	s := serve(t, memory.New(), mcpserve.Options{})
	client := mcp.NewClient(&mcp.Implementation{Name: "t", Version: "0"}, nil)
	session, err := client.Connect(t.Context(), &mcp.StreamableClientTransport{Endpoint: s.server.URL}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close()
	list, err := session.ListTools(t.Context(), nil)
	if err != nil || len(list.Tools) != 2 {
		t.Fatalf("got %v, %v", list, err)
	}
	for _, tool := range list.Tools {
		if tool.Description == "" || !strings.Contains(text(tool.InputSchema), `"Request"`) || !strings.Contains(text(tool.OutputSchema), `"result"`) {
			t.Errorf("got %s", text(tool))
		}
	}
	var input map[string]any
	if err := json.Unmarshal([]byte(pen), &input); err != nil {
		t.Fatal(err)
	}
	result, err := session.CallTool(t.Context(), &mcp.CallToolParams{Name: "Purchase", Arguments: input})
	if err != nil || result.IsError || !strings.Contains(text(result.StructuredContent), `"approvedBy":"policy"`) {
		t.Errorf("got %s, %v", text(result), err)
	}
	for arguments, want := range map[string]string{`{}`: "missing", strings.Replace(pen, "2.5", "-1", 1): "amount", strings.Replace(pen, `"id"`, `"no"`, 1): "no"} {
		if got := s.purchase("", arguments, true); got["isError"] != true || !strings.Contains(text(got), want) {
			t.Errorf("%s: got %v", arguments, got)
		}
	}
	if got := s.ask("", "tools/call", "Nothing", `"name":"Nothing",`, true); got["code"] != -32602.0 {
		t.Errorf("got %v", got)
	}
}

// TestTask: an execution that asks somebody is a task that needs input, for whom it asks; it
// survives its process; and nobody else sees it.
func TestTask(t *testing.T) {
	j := memory.New()
	o := mcpserve.Options{Caller: caller}
	s := serve(t, j, o)
	made := s.purchase("ann", desk, true)
	id, _ := made["taskId"].(string)
	if made["resultType"] != "task" || made["status"] != "working" || id == "" || made["createdAt"] == nil || made["ttlMs"] != nil {
		t.Fatalf("got %v", made)
	}
	asked := s.until("ann", id, "input_required")
	requests, _ := asked["inputRequests"].(map[string]any)
	if len(requests) != 1 || !strings.Contains(text(requests), "eve wants a desk for 900.00") {
		t.Errorf("got %v", asked)
	}
	for _, who := range []string{"eve", "bob"} {
		if got := s.task(who, "tasks/get", id, ""); got["code"] != -32602.0 {
			t.Errorf("%s gets %v", who, got)
		}
	}
	if got := s.task("nobody", "tasks/get", id, ""); got["status"] != 401 || strings.Contains(text(got), "secret") {
		t.Errorf("got %v", got)
	}
	if got := s.ask("ann", "tasks/get", id, fmt.Sprintf(`"taskId":%q,`, id), false); got["code"] != -32021.0 {
		t.Errorf("without the capability: %v", got)
	}
	s.close()

	s = serve(t, j, o)
	s.until("ann", id, "input_required")
	step := ""
	for step = range requests {
	}
	for _, vague := range []string{`{"action":"accept","content":{}}`, `{"action":"cancel"}`, `{"action":"accept","content":{"approve":null}}`} {
		s.task("ann", "tasks/update", id, fmt.Sprintf(`"inputResponses":{%q:%s,"other":{"action":"accept","content":{"approve":true}}},`, step, vague))
	}
	s.until("ann", id, "input_required")
	if got := s.task("ann", "tasks/update", id, fmt.Sprintf(`"inputResponses":{%q:{"action":"accept","content":{"approve":true,"note":"fine"}}},`, step)); got["resultType"] != "complete" {
		t.Errorf("got %v", got)
	}
	done := s.until("ann", id, "completed")
	if !strings.Contains(text(done["result"]), `"approvedBy":"ann"`) || done["resultType"] != "complete" {
		t.Errorf("got %v", done)
	}
	if got := s.task("ann", "tasks/cancel", id, ""); got["resultType"] != "complete" {
		t.Errorf("cancelled after its end: %v", got)
	}
	if got := s.until("ann", id, "completed"); got["inputRequests"] != nil {
		t.Errorf("got %v", got)
	}
}

// TestEnds: what is declined is a result that says so; what is cancelled is cancelled; and
// where nobody says who is asking, nobody is asked.
func TestEnds(t *testing.T) {
	s := serve(t, memory.New(), mcpserve.Options{Caller: caller})
	id := s.purchase("ann", desk, true)["taskId"].(string)
	asked := s.until("ann", id, "input_required")["inputRequests"].(map[string]any)
	for step := range asked {
		s.task("ann", "tasks/update", id, fmt.Sprintf(`"inputResponses":{%q:{"action":"decline","content":{"note":"too dear"}}},`, step))
	}
	if got := text(s.until("ann", id, "completed")); !strings.Contains(got, `"isError":true`) || !strings.Contains(got, "too dear") {
		t.Errorf("got %s", got)
	}
	id = s.purchase("ann", desk, true)["taskId"].(string)
	if got := s.task("eve", "tasks/cancel", id, ""); got["code"] != -32602.0 {
		t.Errorf("another's is cancelled: %v", got)
	}
	s.until("ann", id, "input_required")
	s.task("ann", "tasks/cancel", id, "")
	s.until("ann", id, "cancelled")

	s = serve(t, memory.New(), mcpserve.Options{})
	id = s.purchase("", desk, true)["taskId"].(string)
	for range 20 {
		if got := s.task("", "tasks/get", id, ""); got["status"] != "working" || got["inputRequests"] != nil {
			t.Fatalf("got %v", got)
		}
		time.Sleep(5 * time.Millisecond)
	}
	if got := s.task("", "tasks/get", "mcp/0/1", ""); got["code"] != -32602.0 {
		t.Errorf("got %v", got)
	}
}

// TestBeside: what is asked beside a tool that runs is asked, too; and what an execution has
// started is nobody's task.
func TestBeside(t *testing.T) {
	w, child := &runtime.Workflow{Name: "W", At: "w.wf:1:1"}, &runtime.Workflow{Name: "Child", At: "w.wf:2:1"}
	ask := runtime.Step{ID: "a", At: "w.wf:3:1"}
	slow := &runtime.Task[int]{Step: runtime.Step{ID: "s", At: "w.wf:4:1", Tool: "Slow", Effect: runtime.Idempotent}}
	begin := runtime.Step{ID: "c", At: "w.wf:5:1"}
	approves := func(f *runtime.Frame) error {
		_, err := f.Approve(&ask, "May it?", "ann", 0)
		return err
	}
	define := func(w *runtime.Workflow, body func(f *runtime.Frame) error) *runtime.Definition {
		return runtime.Define(runtime.Definition{Workflow: w, Input: `{"type":"object"}`}, func(ctx context.Context, _ struct{}) (v runtime.None, err error) {
			f := runtime.Start(ctx, w)
			defer runtime.End(f, &v, &err)
			return v, body(f)
		})
	}
	r := runtime.NewRegistry("{}", define(child, approves), define(w, func(f *runtime.Frame) error {
		if _, err := f.Launch(&begin, child, struct{}{}); err != nil {
			return err
		}
		return runtime.Parallel(f, 2, func(f *runtime.Frame, i int) error {
			if i == 0 {
				return approves(f)
			}
			_, err := runtime.Call0(f, slow, func(ctx context.Context) (int, error) {
				<-ctx.Done()
				return 0, ctx.Err()
			})
			return err
		})
	}))
	s := serveAll(t, memory.New(), r, mcpserve.Options{Caller: caller})
	id := s.ask("ann", "tools/call", "W", `"name":"W","arguments":{},`, true)["taskId"].(string)
	s.until("ann", id, "input_required")
	for _, method := range []string{"tasks/get", "tasks/cancel"} {
		if got := s.task("ann", method, id+"/c", ""); got["code"] != -32602.0 {
			t.Errorf("%s of what it has started: %v", method, got)
		}
	}
	s.task("ann", "tasks/cancel", id, "")
	s.until("ann", id, "cancelled")
}
