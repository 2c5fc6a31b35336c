package mcpserve

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/journal"
)

// A task is an execution as the extension has it: Task, with what its status asks for.
type task struct {
	mcp.ResultBase
	ResultType     string              `json:"resultType"`
	ID             string              `json:"taskId"`
	Status         string              `json:"status"`
	StatusMessage  string              `json:"statusMessage,omitempty"`
	CreatedAt      time.Time           `json:"createdAt"`
	LastUpdatedAt  time.Time           `json:"lastUpdatedAt"`
	TTLMs          *int64              `json:"ttlMs"` // null: what is in a journal stays
	PollIntervalMs int64               `json:"pollIntervalMs,omitempty"`
	Result         *mcp.CallToolResult `json:"result,omitempty"`
	InputRequests  map[string]any      `json:"inputRequests,omitempty"`
}

// seed makes it what a call is answered with, which tells nothing but that there is a task.
func (t *task) seed() {
	t.ResultType, t.Result, t.InputRequests = "task", nil, nil
	if t.Status == "input_required" {
		t.Status = "working"
	}
}

type taskParams struct {
	mcp.ParamsBase
	TaskID string `json:"taskId"`
}

type updateParams struct {
	mcp.ParamsBase
	TaskID         string `json:"taskId"`
	InputResponses map[string]struct {
		Action  string `json:"action"`
		Content struct {
			Approve *bool  `json:"approve"`
			Note    string `json:"note"`
		} `json:"content"`
	} `json:"inputResponses"`
}

// acknowledged is a result that says nothing.
type acknowledged struct {
	mcp.ResultBase
	ResultType string `json:"resultType"`
}

func acknowledge() *acknowledged { return &acknowledged{ResultType: "complete"} }

func (s *server) get(ctx context.Context, p *taskParams) (*task, error) {
	return s.task(ctx, p.TaskID)
}

// cancel has the execution cancelled, with its undos. One that has ended stays as it is.
func (s *server) cancel(ctx context.Context, p *taskParams) (*acknowledged, error) {
	x, err := s.find(ctx, p.TaskID)
	if err != nil {
		return nil, err
	}
	if err := s.engine.Cancel(ctx, x.ID, "the client of the task has cancelled it"); err != nil && x.Ended.IsZero() {
		if again, gone := s.find(ctx, p.TaskID); gone != nil || again.Ended.IsZero() {
			return nil, internal(err)
		}
	}
	return acknowledge(), nil
}

// update answers approvals. What is no longer asked, or not of the caller, is passed over.
func (s *server) update(ctx context.Context, p *updateParams) (*acknowledged, error) {
	x, err := s.find(ctx, p.TaskID)
	if err != nil {
		return nil, err
	}
	for step, r := range p.InputResponses {
		answer := runtime.Answer{Note: r.Content.Note}
		switch {
		case s.caller == nil:
			continue
		case r.Action == "decline", r.Action == "accept" && r.Content.Approve != nil && !*r.Content.Approve:
			answer.Reject = true
		case r.Action != "accept" || r.Content.Approve == nil: // neither yes nor no
			continue
		}
		answer.By, answer.As = s.caller.Name, s.caller.Roles
		err := s.engine.Answer(ctx, x.ID, step, answer)
		if err != nil && !errors.Is(err, runtime.ErrNotAsked) && !errors.Is(err, runtime.ErrAnswered) && !errors.Is(err, runtime.ErrNotAllowed) {
			return nil, internal(err)
		}
	}
	return acknowledge(), nil
}

// find gives an execution of the caller's.
func (s *server) find(ctx context.Context, id string) (*journal.Execution, error) {
	if own, ok := strings.CutPrefix(id, s.own()); ok && !strings.Contains(own, "/") { // what it has started has a / behind
		x, err := s.engine.Get(ctx, id)
		if err == nil {
			return x, nil
		}
		if _, unknown := errors.AsType[*runtime.UnknownError](err); !unknown {
			return nil, internal(err)
		}
	}
	return nil, &jsonrpc.Error{Code: jsonrpc.CodeInvalidParams, Message: "there is no such task"}
}

func internal(err error) error {
	return &jsonrpc.Error{Code: jsonrpc.CodeInternalError, Message: err.Error()}
}

// task is the execution of an id as a task.
func (s *server) task(ctx context.Context, id string) (*task, error) {
	x, err := s.find(ctx, id)
	if err != nil {
		return nil, err
	}
	t := &task{ResultType: "complete", ID: x.ID, Status: "working", CreatedAt: x.Created, LastUpdatedAt: x.Created, PollIntervalMs: s.options.Poll.Milliseconds()}
	if !x.Ended.IsZero() {
		t.LastUpdatedAt = x.Ended
	}
	switch x.Status {
	case journal.StatusSucceeded:
		t.Status, t.Result = "completed", succeeded(x.Result)
	case journal.StatusFailed:
		t.Status, t.Result = "completed", failed(errors.New(x.Error))
	case journal.StatusCancelled:
		t.Status, t.StatusMessage = "cancelled", x.Error
	case journal.StatusHeld:
		t.StatusMessage = "held: " + x.Error
	default:
		t.StatusMessage = string(x.Status)
		err = s.asks(ctx, t) // also beside what runs
	}
	return t, err
}

// asks adds what the execution asks the caller.
func (s *server) asks(ctx context.Context, t *task) error {
	awaits, err := s.engine.Awaits(ctx, t.ID)
	if err != nil {
		return internal(err)
	}
	for _, a := range awaits {
		if a.By == "" || s.caller == nil || a.By != s.caller.Name && !slices.Contains(s.caller.Roles, a.By) {
			continue
		}
		if t.InputRequests == nil {
			t.InputRequests = map[string]any{}
		}
		t.Status = "input_required"
		t.InputRequests[a.Step] = map[string]any{"method": "elicitation/create", "params": map[string]any{"mode": "form", "message": a.Text, "requestedSchema": approval}}
	}
	return nil
}

// approval is what is asked for an answer.
var approval = json.RawMessage(`{"type":"object","properties":{"approve":{"type":"boolean","title":"Approve"},"note":{"type":"string","title":"Note"}},"required":["approve"]}`)
