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

// gemini is the wire of Gemini's generateContent.
var gemini = dialect{
	wire: model.Gemini,
	key:  func(h http.Header) string { return h.Get("X-Goog-Api-Key") },
	read: geminiRead, whole: geminiWhole, events: geminiEvents,
	failure: func(status int, code, text string) any {
		failure := map[string]any{"code": status, "message": text, "status": geminiStatus(status)}
		if code != "" {
			failure["details"] = []any{map[string]any{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": code}}
		}
		return map[string]any{"error": failure}
	},
}

func geminiStatus(status int) string {
	switch status {
	case http.StatusUnauthorized:
		return "UNAUTHENTICATED"
	case http.StatusForbidden:
		return "PERMISSION_DENIED"
	case http.StatusNotFound:
		return "NOT_FOUND"
	case http.StatusTooManyRequests:
		return "RESOURCE_EXHAUSTED"
	case http.StatusServiceUnavailable:
		return "UNAVAILABLE"
	}
	if status >= http.StatusInternalServerError {
		return "INTERNAL"
	}
	return "INVALID_ARGUMENT"
}

type geminiRequest struct {
	Contents          []geminiContent
	SystemInstruction geminiContent
	Tools             []struct {
		FunctionDeclarations []struct {
			Name, Description    string
			ParametersJSONSchema json.RawMessage
		}
	}
	ToolConfig struct {
		FunctionCallingConfig struct{ Mode string }
	}
	GenerationConfig struct {
		MaxOutputTokens    int
		ResponseMimeType   string
		ResponseJSONSchema json.RawMessage
	}
}

type geminiContent struct {
	Role  string
	Parts []struct {
		Text, ThoughtSignature string
		Thought                bool
		InlineData             *struct{ MimeType, Data string }
		FunctionCall           *struct {
			ID, Name string
			Args     json.RawMessage
		}
		FunctionResponse *struct {
			ID, Name string
			Response struct {
				Result, Output, Error *string
			}
		}
	}
}

func geminiRead(path string, body []byte) (*Request, error) {
	name, method, _ := strings.Cut(strings.TrimPrefix(path, "/models/"), ":")
	if method != "generateContent" && method != "streamGenerateContent" {
		return nil, fmt.Errorf("there is nothing at %s", path)
	}
	var c geminiRequest
	if err := json.Unmarshal(body, &c); err != nil {
		return nil, err
	}
	r := &Request{Model: name, Stream: method == "streamGenerateContent"}
	r.MaxTokens = c.GenerationConfig.MaxOutputTokens
	r.NoCalls = c.ToolConfig.FunctionCallingConfig.Mode == "NONE"
	r.Answer = c.GenerationConfig.ResponseJSONSchema
	if r.Answer != nil && c.GenerationConfig.ResponseMimeType != "application/json" {
		return nil, errors.New("a schema needs responseMimeType application/json")
	}
	for _, p := range c.SystemInstruction.Parts {
		r.System += p.Text
	}
	for _, t := range c.Tools {
		for _, f := range t.FunctionDeclarations {
			r.Tools = append(r.Tools, model.Tool{Name: f.Name, Description: f.Description, Parameters: f.ParametersJSONSchema})
		}
	}
	var open []model.Call // that wait for results
	unnamed := 1
	for i := range c.Contents {
		m, err := c.Contents[i].message(&open, &unnamed)
		if err != nil {
			return nil, fmt.Errorf("contents[%d]: %w", i, err)
		}
		r.Messages = append(r.Messages, m)
	}
	return r, nil
}

// message reads a content. Calls without an id are told by their order.
func (c *geminiContent) message(open *[]model.Call, unnamed *int) (m model.Message, err error) {
	switch c.Role {
	case "user":
		m.Role = model.User
	case "model":
		m.Role, *open = model.Assistant, nil
	default:
		return m, errors.New("please use a valid role: user, model")
	}
	for _, p := range c.Parts {
		switch {
		case p.FunctionCall != nil:
			call := model.Call{ID: p.FunctionCall.ID, Name: p.FunctionCall.Name, Arguments: string(p.FunctionCall.Args)}
			if call.ID == "" {
				call.ID = fmt.Sprint("unnamed_", *unnamed)
				*unnamed++
			}
			*open = append(*open, call)
			m.Calls = append(m.Calls, call)
		case p.FunctionResponse != nil:
			if len(*open) == 0 || (*open)[0].Name != p.FunctionResponse.Name {
				return m, fmt.Errorf("the response of %s doesn't follow its call", p.FunctionResponse.Name)
			}
			result := model.Result{Call: (*open)[0].ID, Name: p.FunctionResponse.Name}
			*open = (*open)[1:]
			given := p.FunctionResponse.Response
			for _, text := range []*string{given.Result, given.Output, given.Error} {
				if text != nil {
					result.Text, result.Failed = *text, text == given.Error
				}
			}
			m.Role, m.Results = model.Tools, append(m.Results, result)
		case p.InlineData != nil:
			data, err := base64.StdEncoding.DecodeString(p.InlineData.Data)
			if err != nil {
				return m, err
			}
			m.Media = append(m.Media, model.Media{Type: p.InlineData.MimeType, Data: data})
		case !p.Thought:
			m.Text += p.Text
		}
	}
	return m, nil
}

func geminiReply(r *Request, t *Turn, parts []any, last bool) map[string]any {
	candidate := map[string]any{"index": 0, "content": map[string]any{"role": "model", "parts": parts}}
	reply := map[string]any{"candidates": []any{candidate}, "modelVersion": r.Model, "responseId": fmt.Sprint("r", r.N)}
	if !last {
		return reply
	}
	candidate["finishReason"] = map[model.Stop]string{model.Cut: "MAX_TOKENS", model.Refused: "SAFETY"}[t.Stop]
	if candidate["finishReason"] == "" {
		candidate["finishReason"] = "STOP"
	}
	if !t.NoUsage {
		reply["usageMetadata"] = map[string]any{
			"promptTokenCount": t.Usage.In, "cachedContentTokenCount": t.Usage.Cached, "candidatesTokenCount": t.Usage.Out,
			"totalTokenCount": t.Usage.In + t.Usage.Out,
		}
	}
	return reply
}

// geminiParts are the parts of a reply but its text.
func geminiParts(t *Turn) (thought, calls []any) {
	if t.Thought != "" {
		thought = append(thought, map[string]any{"text": t.Thought, "thought": true})
	}
	for _, call := range t.Calls {
		calls = append(calls, map[string]any{"functionCall": map[string]any{"name": call.Name, "args": arguments(&call)}, "thoughtSignature": signature})
	}
	return thought, calls
}

func geminiWhole(r *Request, t *Turn) any {
	parts, calls := geminiParts(t)
	if t.Text != "" {
		parts = append(parts, map[string]any{"text": t.Text})
	}
	return geminiReply(r, t, append(parts, calls...), true)
}

func geminiEvents(r *Request, t *Turn) (all []event) {
	thought, calls := geminiParts(t)
	add := func(last bool, parts ...any) {
		all = append(all, event{data: geminiReply(r, t, parts, last)})
	}
	if thought != nil {
		add(false, thought...)
	}
	for _, part := range parts(t.Text) {
		add(false, map[string]any{"text": part})
	}
	if calls != nil {
		add(false, calls...)
	}
	add(true, map[string]any{"text": ""})
	return all
}
