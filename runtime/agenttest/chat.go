package agenttest

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/wfgen/wfgen/runtime/model"
)

// chat is the wire of chat completions.
var chat = dialect{
	wire: model.ChatCompletions,
	key:  func(h http.Header) string { return strings.TrimPrefix(h.Get("Authorization"), "Bearer ") },
	read: chatRead, whole: chatWhole, events: chatEvents,
	failure: func(status int, code, text string) any {
		return map[string]any{"error": map[string]any{"message": text, "type": chatType(status), "param": nil, "code": orNil(code)}}
	},
}

func chatType(status int) string {
	switch {
	case status == http.StatusUnauthorized:
		return "authentication_error"
	case status == http.StatusTooManyRequests:
		return "rate_limit_error"
	case status >= http.StatusInternalServerError:
		return "server_error"
	}
	return "invalid_request_error"
}

func orNil(s string) any {
	if s == "" {
		return nil
	}
	return s
}

type chatRequest struct {
	Model    string
	Messages []struct {
		Role      string
		Content   json.RawMessage
		CallID    string `json:"tool_call_id"`
		ToolCalls []struct {
			ID, Type string
			Function struct{ Name, Arguments string }
		} `json:"tool_calls"`
	}
	Tools []struct {
		Type     string
		Function struct {
			Name, Description string
			Parameters        json.RawMessage
		}
	}
	ToolChoice     any `json:"tool_choice"`
	ResponseFormat *struct {
		Type   string
		Schema struct {
			Name   string
			Strict bool
			Schema json.RawMessage
		} `json:"json_schema"`
	} `json:"response_format"`
	Max    int `json:"max_tokens"`
	NewMax int `json:"max_completion_tokens"`
	Stream bool
}

func chatRead(path string, body []byte) (*Request, error) {
	if path != "/chat/completions" {
		return nil, fmt.Errorf("there is nothing at %s", path)
	}
	var c chatRequest
	if err := json.Unmarshal(body, &c); err != nil {
		return nil, err
	}
	r := &Request{Model: c.Model, Stream: c.Stream}
	r.MaxTokens = max(c.Max, c.NewMax)
	r.NoCalls = c.ToolChoice == "none"
	if r.NoCalls && len(c.Tools) == 0 {
		return nil, errors.New("tool_choice is only allowed when tools are specified")
	}
	for _, t := range c.Tools {
		r.Tools = append(r.Tools, model.Tool{Name: t.Function.Name, Description: t.Function.Description, Parameters: t.Function.Parameters})
	}
	if f := c.ResponseFormat; f != nil {
		if f.Type != "json_schema" || f.Schema.Name == "" || !f.Schema.Strict {
			return nil, fmt.Errorf("response_format is %q, named %q, strict %t", f.Type, f.Schema.Name, f.Schema.Strict)
		}
		r.Answer = f.Schema.Schema
	}
	for i, m := range c.Messages {
		text, media, err := chatContent(m.Content)
		if err != nil {
			return nil, fmt.Errorf("message %d: %w", i, err)
		}
		switch m.Role {
		case "system", "developer":
			r.System += text
		case "user":
			r.Messages = append(r.Messages, model.Message{Role: model.User, Text: text, Media: media})
		case "assistant":
			reply := model.Message{Role: model.Assistant, Text: text}
			for _, call := range m.ToolCalls {
				reply.Calls = append(reply.Calls, model.Call{ID: call.ID, Name: call.Function.Name, Arguments: call.Function.Arguments})
			}
			r.Messages = append(r.Messages, reply)
		case "tool":
			result := model.Result{Call: m.CallID, Text: text}
			if n := len(r.Messages); n > 0 && r.Messages[n-1].Role == model.Tools {
				r.Messages[n-1].Results = append(r.Messages[n-1].Results, result)
			} else {
				r.Messages = append(r.Messages, model.Message{Role: model.Tools, Results: []model.Result{result}})
			}
		default:
			return nil, fmt.Errorf("message %d: role %q", i, m.Role)
		}
	}
	return r, nil
}

// chatContent reads content, which is a text or parts.
func chatContent(content json.RawMessage) (text string, media []model.Media, err error) {
	if len(content) == 0 || json.Unmarshal(content, &text) == nil {
		return text, nil, nil
	}
	var parts []struct {
		Type, Text string
		Image      struct{ URL string } `json:"image_url"`
		File       struct {
			Data string `json:"file_data"`
		}
	}
	if err := json.Unmarshal(content, &parts); err != nil {
		return "", nil, err
	}
	for _, p := range parts {
		if p.Type == "text" {
			text += p.Text
			continue
		}
		m, err := dataURL(p.Image.URL + p.File.Data)
		if err != nil {
			return "", nil, err
		}
		media = append(media, m)
	}
	return text, media, nil
}

func dataURL(s string) (m model.Media, err error) {
	rest, ok := strings.CutPrefix(s, "data:")
	kind, data, found := strings.Cut(rest, ";base64,")
	if !ok || !found {
		return m, errors.New("a file isn't a data URL in base64")
	}
	m.Type = kind
	m.Data, err = base64.StdEncoding.DecodeString(data)
	return m, err
}

func chatWhole(r *Request, t *Turn) any {
	message := map[string]any{"role": "assistant", "content": orNil(t.Text), "refusal": nil}
	if t.Stop == model.Refused {
		message["content"], message["refusal"] = nil, t.Text
	}
	if len(t.Calls) > 0 {
		var calls []any
		for _, call := range t.Calls {
			calls = append(calls, map[string]any{"id": call.ID, "type": "function", "function": map[string]any{"name": call.Name, "arguments": call.Arguments}})
		}
		message["tool_calls"] = calls
	}
	reply := chatHead(r, "chat.completion")
	reply["choices"] = []any{map[string]any{"index": 0, "message": message, "logprobs": nil, "finish_reason": chatFinish(t)}}
	if !t.NoUsage {
		reply["usage"] = chatUsage(t)
	}
	return reply
}

func chatHead(r *Request, kind string) map[string]any {
	return map[string]any{"id": fmt.Sprint("chatcmpl-", r.N), "object": kind, "created": 1767225600, "model": r.Model}
}

func chatFinish(t *Turn) string {
	switch {
	case t.Stop == model.Cut:
		return "length"
	case len(t.Calls) > 0:
		return "tool_calls"
	}
	return "stop"
}

func chatUsage(t *Turn) any {
	return map[string]any{
		"prompt_tokens": t.Usage.In, "completion_tokens": t.Usage.Out, "total_tokens": t.Usage.In + t.Usage.Out,
		"prompt_tokens_details": map[string]any{"cached_tokens": t.Usage.Cached},
	}
}

func chatEvents(r *Request, t *Turn) []event {
	chunk := func(delta map[string]any, finish any) event {
		c := chatHead(r, "chat.completion.chunk")
		c["choices"] = []any{map[string]any{"index": 0, "delta": delta, "logprobs": nil, "finish_reason": finish}}
		return event{data: c}
	}
	field := "content"
	if t.Stop == model.Refused {
		field = "refusal"
	}
	all := []event{chunk(map[string]any{"role": "assistant", "content": ""}, nil)}
	for _, part := range parts(t.Text) {
		all = append(all, chunk(map[string]any{field: part}, nil))
	}
	for i, call := range t.Calls {
		all = append(all, chunk(map[string]any{"tool_calls": []any{map[string]any{"index": i, "id": call.ID, "type": "function", "function": map[string]any{"name": call.Name, "arguments": ""}}}}, nil))
		for _, part := range parts(call.Arguments) {
			all = append(all, chunk(map[string]any{"tool_calls": []any{map[string]any{"index": i, "function": map[string]any{"arguments": part}}}}, nil))
		}
	}
	all = append(all, chunk(map[string]any{}, chatFinish(t)))
	if !t.NoUsage {
		last := chatHead(r, "chat.completion.chunk")
		last["choices"], last["usage"] = []any{}, chatUsage(t)
		all = append(all, event{data: last})
	}
	return append(all, event{data: "[DONE]"})
}
