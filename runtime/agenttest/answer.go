package agenttest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"unicode/utf8"
)

// reply writes what a turn answers.
func (d *dialect) reply(w http.ResponseWriter, h *http.Request, r *Request, t *Turn) {
	switch {
	case t.Status != 0:
		d.fail(w, t)
	case !r.Stream:
		w.Header().Set("Content-Type", "application/json")
		t.send(w, jsonOf(d.whole(r, t)))
	default:
		w.Header().Set("Content-Type", "text/event-stream")
		var body bytes.Buffer
		events := d.events(r, t)
		for _, e := range events {
			e.write(&body)
		}
		if t.Endless {
			endless(w, h, events[0])
		}
		t.send(w, body.Bytes())
	}
}

// send sends an answer, or the beginning of it, and ends the connection then.
func (t *Turn) send(w http.ResponseWriter, body []byte) {
	if t.Break <= 0 || t.Break >= len(body) {
		_, _ = w.Write(body) // where the client has gone nobody wants it
		return
	}
	_, _ = w.Write(body[:t.Break])
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

// endless sends an event again and again.
func endless(w http.ResponseWriter, h *http.Request, e event) {
	var one bytes.Buffer
	e.write(&one)
	for h.Context().Err() == nil {
		if _, err := w.Write(one.Bytes()); err != nil {
			return
		}
	}
}

func (e event) write(b *bytes.Buffer) {
	if e.name != "" {
		fmt.Fprintf(b, "event: %s\n", e.name)
	}
	text, ok := e.data.(string)
	if !ok {
		text = string(jsonOf(e.data))
	}
	fmt.Fprintf(b, "data: %s\n\n", text)
}

// fail writes a failure in the wire's form.
func (d *dialect) fail(w http.ResponseWriter, t *Turn) {
	w.Header().Set("Content-Type", "application/json")
	if t.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.FormatFloat(t.RetryAfter.Seconds(), 'f', -1, 64))
	}
	w.WriteHeader(t.Status)
	text := t.Text
	if text == "" {
		text = http.StatusText(t.Status)
	}
	t.send(w, jsonOf(d.failure(t.Status, t.Code, text)))
}

func jsonOf(v any) []byte {
	data, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("internal error: %v", err)) // it is made here, of texts and numbers
	}
	return data
}

// parts are the parts in which a text is streamed: of a few characters.
func parts(text string) (all []string) {
	const few = 5
	for len(text) > 0 {
		end := 0
		for range few {
			_, n := utf8.DecodeRuneInString(text[end:])
			end += n
		}
		all, text = append(all, text[:end]), text[end:]
	}
	return all
}
