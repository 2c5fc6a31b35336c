package agenttest

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/wfgen/wfgen/runtime/model"
)

// messages is the wire of Anthropic's Messages.
var messages = dialect{
	wire: model.AnthropicMessages,
	key: func(h http.Header) string { // in either header, as the provider's own library has it
		return cmp.Or(h.Get("X-Api-Key"), strings.TrimPrefix(h.Get("Authorization"), "Bearer "))
	},
	read: messagesRead, whole: messagesWhole, events: messagesEvents,
	failure: func(status int, code, text string) any {
		if code == "" {
			code = messagesType(status)
		}
		return map[string]any{"type": "error", "error": map[string]any{"type": code, "message": text}, "request_id": "req_1"}
	},
}

func messagesType(status int) string {
	switch status {
	case http.StatusUnauthorized:
		return "authentication_error"
	case http.StatusForbidden:
		return "permission_error"
	case http.StatusNotFound:
		return "not_found_error"
	case http.StatusRequestEntityTooLarge:
		return "request_too_large"
	case http.StatusTooManyRequests:
		return "rate_limit_error"
	case 529:
		return "overloaded_error"
	}
	if status >= http.StatusInternalServerError {
		return "api_error"
	}
	return "invalid_request_error"
}

type messagesRequest struct {
	Model    string
	Max      int `json:"max_tokens"`
	System   json.RawMessage
	Messages []struct {
		Role    string
		Content json.RawMessage
	}
	Tools []struct {
		Name, Description string
		Schema            json.RawMessage `json:"input_schema"`
	}
	ToolChoice   struct{ Type string } `json:"tool_choice"`
	OutputConfig struct {
		Format *struct {
			Type   string
			Schema json.RawMessage
		}
	} `json:"output_config"`
	Stream bool
}

type messagesBlock struct {
	Type, Text, ID, Name string
	Thinking, Signature  string
	Input                json.RawMessage
	Of                   string `json:"tool_use_id"`
	Content              json.RawMessage
	IsError              bool `json:"is_error"`
	Source               struct {
		Type, Data string
		MediaType  string `json:"media_type"`
	}
}

func messagesRead(path string, body []byte) (*Request, error) {
	if path != "/v1/messages" {
		return nil, fmt.Errorf("there is nothing at %s", path)
	}
	var c messagesRequest
	if err := json.Unmarshal(body, &c); err != nil {
		return nil, err
	}
	if c.Max <= 0 {
		return nil, errors.New("max_tokens: field required")
	}
	r := &Request{Model: c.Model, Stream: c.Stream}
	r.MaxTokens = c.Max
	r.NoCalls = c.ToolChoice.Type == "none"
	system, err := messagesBlocks(c.System)
	if err != nil {
		return nil, fmt.Errorf("system: %w", err)
	}
	for _, b := range system {
		r.System += b.Text
	}
	for _, t := range c.Tools {
		r.Tools = append(r.Tools, model.Tool{Name: t.Name, Description: t.Description, Parameters: t.Schema})
	}
	if f := c.OutputConfig.Format; f != nil {
		if f.Type != "json_schema" {
			return nil, fmt.Errorf("output_config.format.type is %q", f.Type)
		}
		r.Answer = f.Schema
	}
	for i, m := range c.Messages {
		blocks, err := messagesBlocks(m.Content)
		if err != nil {
			return nil, fmt.Errorf("messages.%d: %w", i, err)
		}
		message, err := messagesMessage(m.Role, blocks)
		if err != nil {
			return nil, fmt.Errorf("messages.%d: %w", i, err)
		}
		r.Messages = append(r.Messages, message)
	}
	return r, nil
}

// messagesBlocks reads content, which is a text or blocks.
func messagesBlocks(content json.RawMessage) (blocks []messagesBlock, err error) {
	var text string
	if len(content) == 0 {
		return nil, nil
	}
	if json.Unmarshal(content, &text) == nil {
		return []messagesBlock{{Type: "text", Text: text}}, nil
	}
	err = json.Unmarshal(content, &blocks)
	return blocks, err
}

func messagesMessage(role string, blocks []messagesBlock) (m model.Message, err error) {
	switch role {
	case "user":
		m.Role = model.User
	case "assistant":
		m.Role = model.Assistant
	default:
		return m, fmt.Errorf("role %q", role)
	}
	if len(blocks) == 0 {
		return m, errors.New("all messages must have non-empty content")
	}
	for _, b := range blocks {
		switch b.Type {
		case "text":
			if b.Text == "" {
				return m, errors.New("text content blocks must be non-empty")
			}
			m.Text += b.Text
		case "thinking":
			if b.Signature == "" {
				return m, errors.New("thinking.signature: field required")
			}
		case "tool_use":
			m.Calls = append(m.Calls, model.Call{ID: b.ID, Name: b.Name, Arguments: string(b.Input)})
		case "tool_result":
			inner, err := messagesBlocks(b.Content)
			if err != nil {
				return m, err
			}
			result := model.Result{Call: b.Of, Failed: b.IsError}
			for _, part := range inner {
				result.Text += part.Text
			}
			m.Role, m.Results = model.Tools, append(m.Results, result)
		case "image", "document":
			data, err := base64.StdEncoding.DecodeString(b.Source.Data)
			if err != nil || b.Source.Type != "base64" {
				return m, errors.New("source isn't base64")
			}
			m.Media = append(m.Media, model.Media{Type: b.Source.MediaType, Data: data})
		default:
			return m, fmt.Errorf("block type %q", b.Type)
		}
	}
	return m, nil
}

func messagesStop(t *Turn) string {
	switch {
	case t.Stop == model.Cut:
		return "max_tokens"
	case t.Stop == model.Refused:
		return "refusal"
	case len(t.Calls) > 0:
		return "tool_use"
	}
	return "end_turn"
}

func messagesUsage(t *Turn) map[string]any {
	return map[string]any{
		"input_tokens": t.Usage.In - t.Usage.Cached, "cache_read_input_tokens": t.Usage.Cached, "cache_creation_input_tokens": 0,
		"output_tokens": t.Usage.Out,
	}
}

func messagesWhole(r *Request, t *Turn) any {
	blocks := []any{}
	if t.Thought != "" {
		blocks = append(blocks, map[string]any{"type": "thinking", "thinking": t.Thought, "signature": signature})
	}
	if t.Text != "" {
		blocks = append(blocks, map[string]any{"type": "text", "text": t.Text})
	}
	for _, call := range t.Calls {
		blocks = append(blocks, map[string]any{"type": "tool_use", "id": call.ID, "name": call.Name, "input": arguments(&call)})
	}
	reply := messagesHead(r)
	reply["content"], reply["stop_reason"] = blocks, messagesStop(t)
	if !t.NoUsage {
		reply["usage"] = messagesUsage(t)
	}
	return reply
}

// signature is that of a thought, which has to come back with it.
const signature = "c2lnbmF0dXJl"

// arguments are those of a call as JSON; what is none is a text in an object.
func arguments(call *model.Call) json.RawMessage {
	var v map[string]json.RawMessage
	if json.Unmarshal([]byte(call.Arguments), &v) != nil {
		return jsonOf(map[string]string{"": call.Arguments})
	}
	return json.RawMessage(call.Arguments)
}

func messagesHead(r *Request) map[string]any {
	return map[string]any{"id": fmt.Sprint("msg_", r.N), "type": "message", "role": "assistant", "model": r.Model, "content": []any{}, "stop_reason": nil, "stop_sequence": nil}
}

func messagesEvents(r *Request, t *Turn) []event {
	var all []event
	add := func(kind string, fields map[string]any) {
		fields["type"] = kind
		all = append(all, event{kind, fields})
	}
	head := messagesHead(r)
	if !t.NoUsage {
		begun := messagesUsage(t)
		begun["output_tokens"] = 1
		head["usage"] = begun
	}
	add("message_start", map[string]any{"message": head})
	n := 0
	block := func(start map[string]any, deltas ...map[string]any) {
		add("content_block_start", map[string]any{"index": n, "content_block": start})
		for _, d := range deltas {
			add("content_block_delta", map[string]any{"index": n, "delta": d})
		}
		add("content_block_stop", map[string]any{"index": n})
		n++
	}
	if t.Thought != "" {
		block(map[string]any{"type": "thinking", "thinking": "", "signature": ""},
			append(deltas("thinking_delta", "thinking", t.Thought), map[string]any{"type": "signature_delta", "signature": signature})...)
	}
	add("ping", map[string]any{})
	if t.Text != "" {
		block(map[string]any{"type": "text", "text": ""}, deltas("text_delta", "text", t.Text)...)
	}
	for _, call := range t.Calls {
		block(map[string]any{"type": "tool_use", "id": call.ID, "name": call.Name, "input": map[string]any{}}, deltas("input_json_delta", "partial_json", call.Arguments)...)
	}
	end := map[string]any{"delta": map[string]any{"stop_reason": messagesStop(t), "stop_sequence": nil}}
	if !t.NoUsage {
		end["usage"] = map[string]any{"output_tokens": t.Usage.Out}
	}
	add("message_delta", end)
	add("message_stop", map[string]any{})
	return all
}

// deltas are the parts of a text, each as a delta of a block.
func deltas(kind, field, text string) (all []map[string]any) {
	for _, part := range parts(text) {
		all = append(all, map[string]any{"type": kind, field: part})
	}
	return all
}
