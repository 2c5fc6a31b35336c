package model

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// messagesWire is that of Anthropic's Messages.
var messagesWire = wire{
	base:      "https://api.anthropic.com",
	path:      func(string, bool) string { return "/v1/messages" },
	keyHeader: "X-Api-Key",
	headers:   map[string]string{"Anthropic-Version": "2023-06-01"},
	body:      messagesBody,
	reader:    func(int) reader { return &messagesReader{} },
	failure:   messagesFailure,
}

// messagesMax bounds a reply, in tokens, where nobody else does: the wire wants a bound.
const messagesMax = 4096

func messagesBody(c *Client, r *Request, stream bool) (any, error) {
	body := map[string]any{"model": c.Model, "max_tokens": messagesMax}
	if r.MaxTokens > 0 {
		body["max_tokens"] = r.MaxTokens
	}
	if r.System != "" {
		body["system"] = r.System
	}
	messages := []any{}
	for i := range r.Messages {
		m := &r.Messages[i]
		role := "user"
		if m.Role == Assistant {
			role = "assistant"
		}
		content, err := messagesContent(c, m)
		if err != nil {
			return nil, err
		}
		if blocks, ok := content.([]any); ok && len(blocks) == 0 {
			continue // as an empty reply: the wire takes no message without content
		}
		messages = append(messages, map[string]any{"role": role, "content": content})
	}
	body["messages"] = messages
	var tools []any
	for _, t := range r.Tools {
		tools = append(tools, map[string]any{"name": t.Name, "description": t.Description, "input_schema": t.Parameters})
	}
	if tools != nil {
		body["tools"] = tools
		if r.NoCalls {
			body["tool_choice"] = map[string]any{"type": "none"}
		}
	}
	if r.Answer != nil {
		body["output_config"] = map[string]any{"format": map[string]any{"type": "json_schema", "schema": r.Answer}}
	}
	if stream {
		body["stream"] = true
	}
	return body, nil
}

// messagesContent are the blocks of a message. The wire takes no empty text.
func messagesContent(c *Client, m *Message) (any, error) {
	if m.Role == Assistant && m.Raw != nil && m.RawOf == c.provider() {
		return m.Raw, nil
	}
	blocks := []any{}
	if m.Text != "" {
		blocks = append(blocks, map[string]any{"type": "text", "text": m.Text})
	}
	switch m.Role {
	case User:
		for _, media := range m.Media {
			kind := "document"
			if strings.HasPrefix(media.Type, "image/") {
				kind = "image"
			}
			blocks = append(blocks, map[string]any{"type": kind, "source": map[string]any{
				"type": "base64", "media_type": media.Type, "data": base64.StdEncoding.EncodeToString(media.Data),
			}})
		}
	case Assistant:
		for _, call := range m.Calls {
			blocks = append(blocks, map[string]any{"type": "tool_use", "id": call.ID, "name": call.Name, "input": object(call.Arguments)})
		}
	case Tools:
		for _, result := range m.Results {
			block := map[string]any{"type": "tool_result", "tool_use_id": result.Call, "content": result.Text}
			if result.Failed {
				block["is_error"] = true
			}
			blocks = append(blocks, block)
		}
	default:
		return nil, fmt.Errorf("a message has the role %q", m.Role)
	}
	return blocks, nil
}

// object is what a model wrote as arguments, for wires that want an object; an empty one
// where it is none.
func object(arguments string) json.RawMessage {
	var v map[string]json.RawMessage
	if json.Unmarshal([]byte(arguments), &v) != nil || v == nil {
		return json.RawMessage("{}")
	}
	return json.RawMessage(arguments)
}

// A messagesReader puts the blocks together of what deltas have.
type messagesReader struct {
	blocks []map[string]any
	inputs map[int]*strings.Builder // of blocks that are calls, as far as they have come
	stop   string
	usage  *messagesUsage
	model  string
	ended  bool
}

type messagesUsage struct {
	In      int `json:"input_tokens"`
	Read    int `json:"cache_read_input_tokens"`
	Written int `json:"cache_creation_input_tokens"`
	Out     int `json:"output_tokens"`
}

// A messagesReply is a reply.
type messagesReply struct {
	Model      string
	Content    []map[string]any
	StopReason *string `json:"stop_reason"`
	Usage      *messagesUsage
}

// A messagesEvent is an event of a stream.
type messagesEvent struct {
	Type    string
	Index   int
	Message messagesReply
	Block   map[string]any `json:"content_block"`
	Delta   struct {
		Type, Text, Thinking, Signature string
		Partial                         string  `json:"partial_json"`
		StopReason                      *string `json:"stop_reason"`
		Citation                        any
	}
	Usage *messagesUsage
}

func (m *messagesReader) whole(data []byte) error {
	var r messagesReply
	if err := decode(data, &r); err != nil {
		return err
	}
	m.ended = true
	return m.begin(&r)
}

func (m *messagesReader) begin(r *messagesReply) error {
	m.model, m.blocks, m.usage = r.Model, r.Content, r.Usage
	if r.StopReason != nil {
		m.stop = *r.StopReason
	}
	if slices.ContainsFunc(m.blocks, func(b map[string]any) bool { return b == nil }) {
		return &unreadable{"a block is null"}
	}
	return nil
}

func (m *messagesReader) event(data []byte) (text string, err error) {
	var e messagesEvent
	if err := decode(data, &e); err != nil {
		return "", err
	}
	switch e.Type {
	case "message_start":
		return "", m.begin(&e.Message)
	case "content_block_start":
		if e.Index != len(m.blocks) || e.Block == nil {
			return "", &unreadable{fmt.Sprintf("block %d begins, where there are %d, or is none", e.Index, len(m.blocks))}
		}
		m.blocks = append(m.blocks, e.Block)
		text, _ = e.Block["text"].(string)
	case "content_block_delta":
		if e.Index < 0 || e.Index >= len(m.blocks) {
			return "", &unreadable{fmt.Sprintf("block %d goes on, and hasn't begun", e.Index)}
		}
		return m.delta(&e), nil
	case "message_delta":
		if e.Delta.StopReason != nil {
			m.stop = *e.Delta.StopReason
		}
		m.count(e.Usage)
	case "message_stop":
		m.ended = true
	case "error":
		text, code, _ := messagesFailure(data)
		return "", &said{code: code, text: text}
	}
	return text, nil
}

// delta adds to a block.
func (m *messagesReader) delta(e *messagesEvent) (text string) {
	b, d := m.blocks[e.Index], &e.Delta
	switch d.Type {
	case "text_delta":
		grow(b, "text", d.Text)
		return d.Text
	case "thinking_delta":
		grow(b, "thinking", d.Thinking)
	case "signature_delta":
		grow(b, "signature", d.Signature)
	case "citations_delta":
		list, _ := b["citations"].([]any)
		b["citations"] = append(list, d.Citation)
	case "input_json_delta":
		if m.inputs == nil {
			m.inputs = map[int]*strings.Builder{}
		}
		if m.inputs[e.Index] == nil {
			m.inputs[e.Index] = &strings.Builder{}
		}
		m.inputs[e.Index].WriteString(d.Partial)
	}
	return ""
}

// count takes in what a stream says at its end, which may leave out what it said before.
func (m *messagesReader) count(u *messagesUsage) {
	if u == nil {
		return
	}
	if m.usage == nil {
		m.usage = &messagesUsage{}
	}
	for _, n := range []struct{ into, last *int }{{&m.usage.In, &u.In}, {&m.usage.Read, &u.Read}, {&m.usage.Written, &u.Written}, {&m.usage.Out, &u.Out}} {
		*n.into = max(*n.into, *n.last)
	}
}

func (m *messagesReader) reply() (*Reply, error) {
	if !m.ended || m.stop == "" {
		return nil, nil
	}
	r := &Reply{Stop: Ended, Model: m.model, Message: Message{Role: Assistant}}
	if u := m.usage; u != nil {
		r.Usage = &Usage{In: u.In + u.Read + u.Written, Cached: u.Read, Out: u.Out}
	}
	switch m.stop {
	case "max_tokens", "model_context_window_exceeded":
		r.Stop = Cut
	case "refusal":
		r.Stop = Refused
	case "end_turn", "stop_sequence", "tool_use":
	default:
		return nil, endedBy(m.stop)
	}
	for i, b := range m.blocks {
		switch b["type"] {
		case "text":
			text, _ := textOf(b, "text")
			r.Message.Text += text
		case "tool_use":
			r.Message.Calls = append(r.Message.Calls, m.call(i, b))
		}
	}
	if len(m.blocks) > 0 { // the wire takes no message without
		r.Message.Raw, _ = json.Marshal(m.blocks) // it was JSON
	}
	return r, nil
}

// call reads a block that is a call.
func (m *messagesReader) call(i int, b map[string]any) Call {
	id, _ := b["id"].(string)
	name, _ := b["name"].(string)
	arguments := ""
	if streamed := m.inputs[i]; streamed != nil {
		arguments = streamed.String()
		b["input"] = object(arguments)
	} else {
		data, _ := json.Marshal(b["input"]) // it was JSON
		arguments = string(data)
	}
	return Call{ID: id, Name: name, Arguments: arguments}
}

func messagesFailure(data []byte) (text, code string, status int) {
	var body struct {
		Error struct{ Type, Message string }
	}
	if json.Unmarshal(data, &body) != nil {
		return "", "", 0
	}
	if strings.HasPrefix(body.Error.Message, "prompt is too long") {
		return body.Error.Message, "request_too_large", 0 // the type is that of any bad request
	}
	return body.Error.Message, body.Error.Type, 0
}
