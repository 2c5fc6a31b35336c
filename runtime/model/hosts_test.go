package model_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/wfgen/wfgen/runtime/agenttest"
	"github.com/wfgen/wfgen/runtime/model"
)

// A host answers every request with one body.
type host struct{ kind, body string }

func (h host) RoundTrip(r *http.Request) (*http.Response, error) {
	_, _ = io.Copy(io.Discard, r.Body) // it is a reader of bytes
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {h.kind}}, Body: io.NopCloser(strings.NewReader(h.body)), Request: r}, nil
}

// hosted is a client of a host that streams events, or gives a body of JSON.
func hosted(w model.Wire, body string) *model.Client {
	h := host{"application/json", body}
	if strings.HasPrefix(body, "data:") {
		h.kind = "text/event-stream"
	}
	return &model.Client{Wire: w, BaseURL: "http://host.invalid", Model: "m", HTTP: &http.Client{Transport: h}}
}

func stream(events ...string) string { return "data: " + strings.Join(events, "\n\ndata: ") + "\n\n" }

// TestHosts: what hosts do that speak a wire in their own way.
func TestHosts(t *testing.T) {
	for _, c := range []struct {
		name string
		wire model.Wire
		body string
		want string // calls, behind the text; or what is in the error
	}{
		{"calls at one index", model.ChatCompletions, stream(
			`{"choices":[{"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"F","arguments":"{\"x\":1}"}}]}}]}`,
			`{"choices":[{"delta":{"tool_calls":[{"index":0,"id":"b","function":{"name":"G","arguments":"{}"}}]},"finish_reason":"tool_calls"}]}`), ` a F {"x":1} b G {}`},
		{"an id and a name in each part", model.ChatCompletions, stream(
			`{"choices":[{"delta":{"tool_calls":[{"index":0,"id":"a","type":"function","function":{"name":"F","arguments":"{\"x\""}}]}}]}`,
			`{"choices":[{"delta":{"tool_calls":[{"index":0,"id":"a","type":"function","function":{"name":"F","arguments":":1}"}}]},"finish_reason":"tool_calls"}]}`), ` a F {"x":1}`},
		{"an id that is the next one", model.ChatCompletions, `{"choices":[{"message":{"tool_calls":[{"id":"call_2","function":{"name":"F"}},{"function":{"name":"G"}}]},"finish_reason":"stop"}]}`, ` call_2 F  call_3 G `},
		{"an index beyond all", model.ChatCompletions, stream(`{"choices":[{"delta":{"tool_calls":[{"index":1e300,"id":"a","function":{"name":"F","arguments":"{}"}}]},"finish_reason":"stop"}]}`), ` a F {}`},
		{"no ids", model.ChatCompletions, `{"choices":[{"message":{"tool_calls":[{"function":{"name":"F","arguments":{"x":1}}},{"function":{"name":"G"}}]},"finish_reason":"stop"}]}`, ` call_1 F {"x":1} call_2 G `},
		{"no indexes", model.ChatCompletions, stream(`{"choices":[{"delta":{"tool_calls":[{"id":"a","function":{"name":"F","arguments":"{}"}}]}}]}`, `{"choices":[{"delta":{"content":"x"},"finish_reason":"stop"}]}`), `x a F {}`},
		{"an error with a number", model.ChatCompletions, stream(`{"choices":[{"delta":{"content":"x"}}]}`, `{"error":{"message":"busy","code":429}}`), "limited: busy"},
		{"an error as a text", model.ChatCompletions, `{"error":"no such thing"}`, "no such thing"},
		{"an end of the host's", model.ChatCompletions, `{"choices":[{"message":{"content":"x"},"finish_reason":"error"}]}`, "outage: the reply ended with error"},
		{"a block that is none", model.AnthropicMessages, stream(`{"type":"message_start","message":{}}`, `{"type":"content_block_start","index":0}`, `{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"x"}}`), "bad reply"},
		{"a null among the blocks", model.AnthropicMessages, stream(`{"type":"message_start","message":{"content":[null]}}`, `{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"x"}}`), "bad reply"},
		{"a block that hasn't begun", model.AnthropicMessages, stream(`{"type":"content_block_delta","index":7,"delta":{}}`), "bad reply"},
		{"an overload within a stream", model.AnthropicMessages, stream(`{"type":"message_start","message":{}}`, `{"type":"error","error":{"type":"overloaded_error","message":"busy"}}`), "outage: busy"},
		{"a pause", model.AnthropicMessages, `{"content":[],"stop_reason":"pause_turn"}`, "ended with pause_turn"},
		{"a call that isn't well formed", model.Gemini, `{"candidates":[{"finishReason":"MALFORMED_FUNCTION_CALL"}]}`, "ended with MALFORMED_FUNCTION_CALL"},
		{"an error that is null", model.Gemini, `{"error":null,"candidates":[{"content":{"parts":[{"text":"x"}]},"finishReason":"STOP"}]}`, "x"},
		{"a prompt that is blocked", model.Gemini, `{"promptFeedback":{"blockReason":"SAFETY"}}`, "refused"},
		{"an event over lines", model.Gemini, "data: {\"candidates\":[{\"content\":\ndata: {\"parts\":[{\"text\":\"x\"}]},\"finishReason\":\"STOP\"}]}\n\n", "x"},
		{"a last line that is cut", model.Gemini, "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"x\"}]},\"finishReason\":\"STOP\"}]}", "ended before its end"},
	} {
		reply, err := hosted(c.wire, c.body).Ask(t.Context(), user("x"), nil)
		got := ""
		if err != nil {
			got = err.Error()
		} else {
			got = reply.Message.Text
			for _, call := range reply.Message.Calls {
				got += " " + call.ID + " " + call.Name + " " + call.Arguments
			}
			if reply.Stop != model.Ended {
				got += string(reply.Stop)
			}
		}
		if err == nil && got != c.want || err != nil && !strings.Contains(got, c.want) {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
}

// TestOtherProviders: a conversation goes on with another provider, whatever the ids were, and
// behind a reply that was empty.
func TestOtherProviders(t *testing.T) {
	for _, w := range wires {
		p := start(t, agenttest.Turn{Text: "done"})
		r := user("x")
		r.Tools = []model.Tool{look}
		for range 2 { // the same ids again
			r.Messages = append(r.Messages,
				model.Message{Role: model.Assistant, Calls: []model.Call{{ID: "functions.Look:0", Name: "Look", Arguments: "{}"}, {ID: "call_1", Name: "Look", Arguments: "no JSON"}}},
				model.Message{Role: model.Tools, Results: []model.Result{{Call: "functions.Look:0", Name: "Look", Text: "a"}, {Call: "call_1", Name: "Look", Text: "b"}}})
		}
		r.Messages = append(r.Messages, model.Message{Role: model.Assistant}, model.Message{Role: model.User, Text: "go on"})
		reply, err := p.Client(w, "m").Ask(t.Context(), r, nil)
		if err != nil || reply.Message.Text != "done" {
			t.Errorf("%s: got %v, %v", w, reply, err)
			continue
		}
		for _, m := range p.Requests()[0].Messages {
			if len(m.Results) == 2 && (m.Results[0].Text != "a" || m.Results[1].Text != "b") {
				t.Errorf("%s: the results are %v", w, m.Results)
			}
		}
		if r.Messages[1].Calls[0].ID != "functions.Look:0" {
			t.Errorf("%s: the request was changed", w)
		}
	}
}

// TestKeyWithLine: a key that was read from a file, with its line break, is said to be wrong.
func TestKeyWithLine(t *testing.T) {
	c := hosted(model.Gemini, "{}")
	c.Key = "sk-1234\n"
	_, err := c.Ask(t.Context(), user("x"), nil)
	var e *model.Error
	if !errors.As(err, &e) || e.Class != model.BadKey || strings.Contains(err.Error(), "1234") || !strings.Contains(err.Error(), "line break") {
		t.Errorf("got %v", err)
	}
}

// TestKeyHidden: the key isn't told, however an answer writes it.
func TestKeyHidden(t *testing.T) {
	const key = "sk-a/b+c&d==efgh"
	for _, echo := range []string{key, `sk-a\\/b+c\\u0026d==efgh`, `sk-a/b+c&amp;d==efgh`, "sk-a%2Fb%2Bc%26d%3D%3Defgh", "sk-a/b +c &d == efgh"} {
		c := hosted(model.ChatCompletions, `{"error":{"message":"wrong: `+echo+`"}}`)
		c.Key = key
		_, err := c.Ask(t.Context(), user("x"), nil)
		if err == nil || strings.Contains(err.Error(), "efgh") {
			t.Errorf("%s: got %v", echo, err)
		}
	}
}

// TestLongReply takes time in proportion to a reply of many parts.
func TestLongReply(t *testing.T) {
	part := `{"choices":[{"delta":{"content":"0123456789"}}]}`
	began := time.Now()
	reply, err := hosted(model.ChatCompletions, strings.Repeat(stream(part), 100_000)+stream(`{"choices":[{"delta":{},"finish_reason":"stop"}]}`)).Ask(t.Context(), user("x"), func(model.Delta) {})
	if err != nil || len(reply.Message.Text) != 1_000_000 || time.Since(began) > 20*time.Second {
		t.Errorf("got %v after %v", err, time.Since(began))
	}
}

// TestOwner: who a reply is of is no secret's place.
func TestOwner(t *testing.T) {
	c := hosted(model.ChatCompletions, `{"choices":[{"message":{"content":"x"},"finish_reason":"stop"}]}`)
	c.BaseURL = "http://user:secret@host.invalid/v1?key=secret"
	told := ""
	reply, err := c.Ask(t.Context(), user("x"), func(d model.Delta) { told += d.Text })
	if err != nil || strings.Contains(reply.Message.RawOf, "secret") || reply.Message.RawOf == "" || told != "x" {
		t.Errorf("got %+v, %v, told %q", reply, err, told)
	}
}

// FuzzReplies: whatever a host answers, there is a reply or an *Error.
func FuzzReplies(f *testing.F) {
	for i, body := range []string{
		stream(`{"choices":[{"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"F","arguments":"{}"}}]},"finish_reason":"stop"}]}`, "[DONE]"),
		stream(`{"type":"message_start","message":{"content":[]}}`, `{"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"a","name":"F","input":{}}}`, `{"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"{}"}}`, `{"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":1}}`, `{"type":"message_stop"}`),
		stream(`{"candidates":[{"content":{"parts":[{"functionCall":{"name":"F","args":{}},"thoughtSignature":"x"}]},"finishReason":"STOP"}]}`),
		`{"error":{"message":"x","code":429}}`,
	} {
		f.Add(i%3, body)
	}
	f.Fuzz(func(t *testing.T, w int, body string) {
		reply, err := hosted(wires[uint(w)%3], body).Ask(t.Context(), user("x"), func(model.Delta) {})
		var e *model.Error
		if (reply == nil) == (err == nil) || err != nil && !errors.As(err, &e) {
			t.Errorf("got %v, %v", reply, err)
		}
	})
}
