package model

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
)

// chatWire is that of chat completions. What it has no word for is a call that failed, which
// its result's text says.
var chatWire = wire{
	base:      chatBase,
	path:      func(string, bool) string { return "/chat/completions" },
	keyHeader: "Authorization", keyPrefix: "Bearer ",
	body:    chatBody,
	reader:  func(calls int) reader { return &chatReader{calls: calls} },
	failure: chatFailure,
}

const chatBase = "https://api.openai.com/v1"

func chatBody(c *Client, r *Request, stream bool) (any, error) {
	body := map[string]any{"model": c.Model}
	var messages []any
	if r.System != "" {
		messages = append(messages, map[string]any{"role": "system", "content": r.System})
	}
	for i := range r.Messages {
		more, err := chatMessages(c, &r.Messages[i])
		if err != nil {
			return nil, err
		}
		messages = append(messages, more...)
	}
	body["messages"] = messages
	var tools []any
	for _, t := range r.Tools {
		tools = append(tools, map[string]any{"type": "function", "function": map[string]any{"name": t.Name, "description": t.Description, "parameters": t.Parameters}})
	}
	if tools != nil {
		body["tools"] = tools
		if r.NoCalls {
			body["tool_choice"] = "none"
		}
	}
	if r.Answer != nil {
		body["response_format"] = map[string]any{"type": "json_schema", "json_schema": map[string]any{"name": "answer", "strict": true, "schema": r.Answer}}
	}
	if r.MaxTokens > 0 {
		body[chatBound(c)] = r.MaxTokens
	}
	if stream {
		body["stream"], body["stream_options"] = true, map[string]any{"include_usage": true}
	}
	return body, nil
}

// chatBound is the field that bounds a reply: OpenAI has renamed it, and others haven't.
func chatBound(c *Client) string {
	if c.BaseURL == "" || strings.HasPrefix(c.BaseURL, chatBase) {
		return "max_completion_tokens"
	}
	return "max_tokens"
}

func chatMessages(c *Client, m *Message) ([]any, error) {
	switch m.Role {
	case User:
		return []any{map[string]any{"role": "user", "content": chatContent(m)}}, nil
	case Assistant:
		if m.Raw != nil && m.RawOf == c.provider() {
			return []any{m.Raw}, nil
		}
		message := map[string]any{"role": "assistant", "content": m.Text}
		var calls []any
		for _, call := range m.Calls {
			calls = append(calls, map[string]any{"id": call.ID, "type": "function", "function": map[string]any{"name": call.Name, "arguments": call.Arguments}})
		}
		if calls != nil {
			message["tool_calls"] = calls
		}
		return []any{message}, nil
	case Tools:
		var all []any
		for _, result := range m.Results {
			all = append(all, map[string]any{"role": "tool", "tool_call_id": result.Call, "content": result.Text})
		}
		return all, nil
	}
	return nil, fmt.Errorf("a message has the role %q", m.Role)
}

func chatContent(m *Message) any {
	if len(m.Media) == 0 {
		return m.Text
	}
	var parts []any
	if m.Text != "" {
		parts = append(parts, map[string]any{"type": "text", "text": m.Text})
	}
	for i, media := range m.Media {
		at := "data:" + media.Type + ";base64," + base64.StdEncoding.EncodeToString(media.Data)
		if strings.HasPrefix(media.Type, "image/") {
			parts = append(parts, map[string]any{"type": "image_url", "image_url": map[string]any{"url": at}})
		} else {
			parts = append(parts, map[string]any{"type": "file", "file": map[string]any{"filename": fmt.Sprint("file", i+1), "file_data": at}})
		}
	}
	return parts
}

// A chatReader puts the message together of what deltas have, fields that nobody here knows
// among it: hosts of other models keep signatures of thoughts in such.
type chatReader struct {
	calls   int // that the conversation has had
	message map[string]any
	finish  string
	usage   *Usage
	model   string
}

// A chatReply is a reply, or an event of a stream.
type chatReply struct {
	Model   string
	Choices []struct {
		Message, Delta map[string]any
		FinishReason   *string `json:"finish_reason"`
	}
	Usage *struct {
		In      int `json:"prompt_tokens"`
		Out     int `json:"completion_tokens"`
		Details struct {
			Cached int `json:"cached_tokens"`
		} `json:"prompt_tokens_details"`
	}
	Error json.RawMessage
}

func (c *chatReader) whole(data []byte) error {
	_, err := c.event(data)
	return err
}

func (c *chatReader) event(data []byte) (text string, err error) {
	var r chatReply
	if err := decode(data, &r); err != nil {
		return "", err
	}
	if r.Error != nil && string(r.Error) != "null" {
		text, code, status := chatFailure(data)
		return "", &said{status: status, code: code, text: text}
	}
	if r.Model != "" {
		c.model = r.Model
	}
	if u := r.Usage; u != nil {
		c.usage = &Usage{In: u.In, Cached: u.Details.Cached, Out: u.Out}
	}
	for _, choice := range r.Choices[:min(len(r.Choices), 1)] {
		part := choice.Delta
		if part == nil {
			part = choice.Message
		}
		if c.message == nil {
			c.message = map[string]any{}
		}
		merge(c.message, part)
		if choice.FinishReason != nil {
			c.finish = *choice.FinishReason
		}
		text, _ = part["content"].(string)
	}
	return text, nil
}

// chatParts are the fields of a message that come in parts. Others come whole, and some hosts
// send them again with each part.
var chatParts = map[string]bool{
	"content": true, "refusal": true, "arguments": true, "text": true, "thinking": true, "reasoning": true, "reasoning_content": true, "summary": true, "data": true,
}

// merge adds a delta to what has come before it.
func merge(into, delta map[string]any) {
	for name, v := range delta {
		switch v := v.(type) {
		case nil:
			if _, has := into[name]; !has {
				into[name] = nil
			}
		case string:
			if chatParts[name] {
				grow(into, name, v)
			} else if before, _ := into[name].(string); v != "" || before == "" {
				into[name] = v
			}
		case map[string]any:
			inner, ok := into[name].(map[string]any)
			if !ok {
				inner = map[string]any{}
				into[name] = inner
			}
			merge(inner, v)
		case []any:
			list, _ := into[name].([]any)
			into[name] = mergeList(list, v)
		default:
			into[name] = v
		}
	}
}

// A growing text is one that comes in parts: put together anew with each, a long one would
// take the square of its length.
type growing struct{ strings.Builder }

// MarshalJSON is the text as a string.
func (g *growing) MarshalJSON() ([]byte, error) { return json.Marshal(g.String()) }

// grow adds a part to a text of a message.
func grow(into map[string]any, name, part string) {
	g, ok := into[name].(*growing)
	if !ok {
		g = &growing{}
		before, _ := into[name].(string)
		g.WriteString(before)
		into[name] = g
	}
	g.WriteString(part)
}

// textOf is a text of a message; empty where there is none.
func textOf(m map[string]any, name string) (text string, is bool) {
	switch v := m[name].(type) {
	case string:
		return v, true
	case *growing:
		return v.String(), true
	}
	return "", false
}

// mergeList adds elements to a list: to the last one with their index, where they have one.
// With another id an element is another one, also at that index, which some hosts don't count.
func mergeList(list, delta []any) []any {
	for _, v := range delta {
		element, ok := v.(map[string]any)
		index, indexed := element["index"].(float64)
		if !ok || !indexed {
			list = append(list, v)
			continue
		}
		k := len(list) - 1
		for ; k >= 0; k-- {
			if before, ok := list[k].(map[string]any); ok && before["index"] == index {
				break
			}
		}
		if k < 0 || otherID(list[k].(map[string]any), element) {
			list, k = append(list, map[string]any{}), len(list)
		}
		merge(list[k].(map[string]any), element)
	}
	return list
}

func otherID(a, b map[string]any) bool {
	x, _ := a["id"].(string)
	y, _ := b["id"].(string)
	return x != "" && y != "" && x != y
}

func (c *chatReader) reply() (*Reply, error) {
	if c.finish == "" || c.message == nil {
		return nil, nil
	}
	r := &Reply{Stop: Ended, Usage: c.usage, Model: c.model, Message: Message{Role: Assistant}}
	r.Message.Text, _ = textOf(c.message, "content")
	refusal, _ := textOf(c.message, "refusal")
	switch {
	case c.finish == "length":
		r.Stop = Cut
	case c.finish != "stop" && c.finish != "tool_calls" && c.finish != "function_call" && c.finish != "content_filter":
		return nil, endedBy(c.finish)
	case c.finish == "content_filter" || refusal != "":
		r.Stop = Refused
		if r.Message.Text == "" {
			r.Message.Text = refusal
		}
	}
	calls, _ := c.message["tool_calls"].([]any)
	seen := map[string]bool{}
	for i, v := range calls {
		if call, ok := v.(map[string]any); ok {
			r.Message.Calls = append(r.Message.Calls, chatCall(call, c.calls+i, seen))
		}
	}
	if c.message["role"] == nil {
		c.message["role"] = "assistant"
	}
	r.Message.Raw, _ = json.Marshal(c.message) // it was JSON
	return r, nil
}

// chatCall reads a call. It gets an id where it has none, or another's.
func chatCall(call map[string]any, i int, seen map[string]bool) Call {
	delete(call, "index")
	id, _ := call["id"].(string)
	for n := i + 1; id == "" || seen[id]; n++ {
		id = fmt.Sprint("call_", n)
		call["id"] = id
	}
	seen[id] = true
	function, _ := call["function"].(map[string]any)
	name, _ := function["name"].(string)
	arguments, isText := textOf(function, "arguments")
	if v := function["arguments"]; v != nil && !isText {
		data, _ := json.Marshal(v) // it was JSON
		arguments = string(data)
		function["arguments"] = arguments
	}
	return Call{ID: id, Name: name, Arguments: arguments}
}

// chatFailure reads an error of OpenAI's form, and of those that have but a text, or a status
// as its code.
func chatFailure(data []byte) (text, code string, status int) {
	var body struct{ Error json.RawMessage }
	var failure struct {
		Message, Type string
		Code          any
	}
	if json.Unmarshal(data, &body) != nil {
		return "", "", 0
	}
	if json.Unmarshal(body.Error, &failure) != nil {
		_ = json.Unmarshal(body.Error, &text) // else it stays empty
		return text, "", 0
	}
	code, _ = failure.Code.(string)
	if n, ok := failure.Code.(float64); ok && n >= 400 && n < 600 {
		status = int(n)
	}
	if _, known := codes[code]; !known {
		code = failure.Type
	}
	return failure.Message, code, status
}
