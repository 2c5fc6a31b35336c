package model

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
)

// geminiWire is that of Gemini's generateContent. It has no ids of calls in some models:
// those get some, and their results are told by the order.
var geminiWire = wire{
	base: "https://generativelanguage.googleapis.com/v1beta",
	path: func(model string, stream bool) string {
		if !strings.Contains(model, "/") {
			model = "models/" + model
		}
		if stream {
			return "/" + model + ":streamGenerateContent?alt=sse"
		}
		return "/" + model + ":generateContent"
	},
	keyHeader: "X-Goog-Api-Key",
	body:      geminiBody,
	reader:    func(calls int) reader { return &geminiReader{before: calls} },
	failure:   geminiFailure,
}

func geminiBody(c *Client, r *Request, _ bool) (any, error) {
	body := map[string]any{}
	if r.System != "" {
		body["systemInstruction"] = map[string]any{"parts": []any{map[string]any{"text": r.System}}}
	}
	contents := []any{}
	for i := range r.Messages {
		content, err := geminiContent(c, &r.Messages[i])
		if err != nil {
			return nil, err
		}
		if content != nil {
			contents = append(contents, content)
		}
	}
	body["contents"] = contents
	var functions []any
	for _, t := range r.Tools {
		functions = append(functions, map[string]any{"name": t.Name, "description": t.Description, "parametersJsonSchema": t.Parameters})
	}
	if functions != nil {
		body["tools"] = []any{map[string]any{"functionDeclarations": functions}}
		if r.NoCalls {
			body["toolConfig"] = map[string]any{"functionCallingConfig": map[string]any{"mode": "NONE"}}
		}
	}
	config := map[string]any{}
	if r.Answer != nil {
		config["responseMimeType"], config["responseJsonSchema"] = "application/json", r.Answer
	}
	if r.MaxTokens > 0 {
		config["maxOutputTokens"] = r.MaxTokens
	}
	if len(config) > 0 {
		body["generationConfig"] = config
	}
	return body, nil
}

func geminiContent(c *Client, m *Message) (any, error) {
	role := "user"
	parts := []any{}
	if m.Text != "" {
		parts = append(parts, map[string]any{"text": m.Text})
	}
	switch m.Role {
	case User:
		for _, media := range m.Media {
			parts = append(parts, map[string]any{"inlineData": map[string]any{"mimeType": media.Type, "data": base64.StdEncoding.EncodeToString(media.Data)}})
		}
	case Assistant:
		if m.Raw != nil && m.RawOf == c.provider() {
			return m.Raw, nil
		}
		role = "model"
		for _, call := range m.Calls {
			parts = append(parts, map[string]any{"functionCall": map[string]any{"name": call.Name, "args": object(call.Arguments)}})
		}
	case Tools:
		for _, result := range m.Results {
			as := "result"
			if result.Failed {
				as = "error"
			}
			response := map[string]any{"name": result.Name, "response": map[string]any{as: result.Text}}
			if !strings.HasPrefix(result.Call, ownID) {
				response["id"] = result.Call
			}
			parts = append(parts, map[string]any{"functionResponse": response})
		}
	default:
		return nil, fmt.Errorf("a message has the role %q", m.Role)
	}
	if len(parts) == 0 {
		return nil, nil // as an empty reply: the wire takes no content without parts
	}
	return map[string]any{"role": role, "parts": parts}, nil
}

// ownID begins the ids of calls that the provider gave none.
const ownID = "wfgen_call_"

// A geminiReader puts the parts together of what events have, each of which is as a reply.
type geminiReader struct {
	before  int // calls that the conversation has had
	parts   []json.RawMessage
	calls   []Call
	text    strings.Builder
	finish  string
	blocked bool
	usage   *Usage
	model   string
}

type geminiReply struct {
	Candidates []struct {
		Content      struct{ Parts []json.RawMessage }
		FinishReason string
	}
	PromptFeedback struct{ BlockReason string }
	UsageMetadata  *struct {
		PromptTokenCount, ToolUsePromptTokenCount, CachedContentTokenCount, CandidatesTokenCount, ThoughtsTokenCount int
	}
	ModelVersion string
	Error        json.RawMessage
}

type geminiPart struct {
	Text         string
	Thought      bool
	FunctionCall *struct {
		ID, Name string
		Args     json.RawMessage
	}
}

func (g *geminiReader) whole(data []byte) error {
	_, err := g.event(data)
	return err
}

func (g *geminiReader) event(data []byte) (text string, err error) {
	var r geminiReply
	if err := decode(data, &r); err != nil {
		return "", err
	}
	if r.Error != nil && string(r.Error) != "null" {
		text, code, status := geminiFailure(data)
		return "", &said{status: status, code: code, text: text}
	}
	if r.ModelVersion != "" {
		g.model = r.ModelVersion
	}
	if u := r.UsageMetadata; u != nil { // each event has all so far
		g.usage = &Usage{In: u.PromptTokenCount + u.ToolUsePromptTokenCount, Cached: u.CachedContentTokenCount, Out: u.CandidatesTokenCount + u.ThoughtsTokenCount}
	}
	g.blocked = g.blocked || r.PromptFeedback.BlockReason != ""
	for _, candidate := range r.Candidates[:min(len(r.Candidates), 1)] {
		for _, raw := range candidate.Content.Parts {
			more, err := g.part(raw)
			if err != nil {
				return "", err
			}
			text += more
		}
		if candidate.FinishReason != "" {
			g.finish = candidate.FinishReason
		}
	}
	return text, nil
}

func (g *geminiReader) part(raw json.RawMessage) (text string, err error) {
	var p geminiPart
	if err := decode(raw, &p); err != nil {
		return "", err
	}
	g.parts = append(g.parts, raw)
	if f := p.FunctionCall; f != nil {
		call := Call{ID: f.ID, Name: f.Name, Arguments: string(f.Args)}
		if call.ID == "" {
			call.ID = fmt.Sprint(ownID, g.before+len(g.calls)+1)
		}
		g.calls = append(g.calls, call)
	}
	if p.Thought {
		return "", nil
	}
	g.text.WriteString(p.Text)
	return p.Text, nil
}

// geminiRefusals are the reasons for which Gemini ends a reply that it doesn't give.
var geminiRefusals = map[string]bool{
	"SAFETY": true, "RECITATION": true, "LANGUAGE": true, "BLOCKLIST": true, "PROHIBITED_CONTENT": true, "SPII": true,
	"IMAGE_SAFETY": true, "IMAGE_PROHIBITED_CONTENT": true, "IMAGE_RECITATION": true,
}

func (g *geminiReader) reply() (*Reply, error) {
	r := &Reply{Stop: Ended, Usage: g.usage, Model: g.model, Message: Message{Role: Assistant, Text: g.text.String(), Calls: g.calls}}
	switch {
	case g.blocked || geminiRefusals[g.finish]:
		r.Stop = Refused
	case g.finish == "MAX_TOKENS":
		r.Stop = Cut
	case g.finish == "":
		return nil, nil
	case g.finish != "STOP": // as MALFORMED_FUNCTION_CALL
		return nil, endedBy(g.finish)
	}
	if len(g.parts) > 0 {
		r.Message.Raw, _ = json.Marshal(map[string]any{"role": "model", "parts": g.parts}) // it was JSON
	}
	return r, nil
}

func geminiFailure(data []byte) (text, code string, status int) {
	var body struct {
		Error struct {
			Code            int
			Message, Status string
			Details         []struct{ Reason string }
		}
	}
	if json.Unmarshal(data, &body) != nil {
		return "", "", 0
	}
	code = body.Error.Status
	for _, d := range body.Error.Details {
		if _, known := codes[d.Reason]; known {
			code = d.Reason
		}
	}
	if strings.Contains(body.Error.Message, "exceeds the maximum number of tokens") {
		code = "context_length_exceeded" // the status is that of any bad request
	}
	return body.Error.Message, code, body.Error.Code
}
