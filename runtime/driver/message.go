package driver

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/wfgen/wfgen/runtime"
)

// RequestVar names the environment variable that holds the path of the file with
// the Request.
const RequestVar = "WFGEN_RUN"

// A Request is what the program is to do.
type Request struct {
	// Input is a JSON object of the workflow's parameters by name.
	Input string `json:"input"`
	// Mock is the JSON object of the mocks; empty without mocks.
	Mock string `json:"mock,omitempty"`
	// Models says which provider's the models are, and holds no key; empty where none is
	// to be made.
	Models json.RawMessage `json:"models,omitempty"`
	// Events asks for events: where the workflow is run durably, for what the journal has
	// of them.
	Events bool `json:"events,omitempty"`
	// Live asks for the events as they happen where the workflow is run durably.
	Live bool `json:"live,omitempty"`
	// Alive is the end of a pipe whose other end the command has, by the number that the
	// operating system gives it: this process ends with the command. 0 is for none.
	Alive uintptr `json:"alive,omitempty"`
	// Durable has the workflow run durably; nil where it isn't.
	Durable *Durable `json:"durable,omitempty"`

	leave func() // ends this process, with the command; nil in the command's own
}

// Mark begins a Message on the program's standard output; a line break ends it.
// It is the record separator of RFC 7464, which no text has in it.
const Mark = '\x1e'

// A Message is what the program tells: an Event or, at the end, Done, Suspended or a
// Failure.
type Message struct {
	// Event is an Event; Live is one that a durable workflow tells as it happens.
	Event json.RawMessage `json:"event,omitempty"`
	Live  json.RawMessage `json:"live,omitempty"`
	// Done tells that the workflow has ended without a failure; Result is its
	// result as indented JSON, empty where it gives none.
	Done   bool   `json:"done,omitempty"`
	Result string `json:"result,omitempty"`
	// Suspended is the id of a durable execution that hasn't come to its end.
	Suspended string `json:"suspended,omitempty"`
	// Failure says why there is none, Code is the exit code for it. Undone are the steps
	// that were undone then, the first one first.
	Failure string   `json:"failure,omitempty"`
	Undone  []string `json:"undone,omitempty"`
	Code    int      `json:"code,omitempty"`
}

// An Event is a runtime.Event as it is written in JSON.
type Event struct {
	Time     time.Time    `json:"time"`
	N        int          `json:"n"`
	Kind     runtime.Kind `json:"kind"`
	Workflow string       `json:"workflow"`
	Step     string       `json:"step,omitempty"`
	Tool     string       `json:"tool,omitempty"`
	At       string       `json:"at,omitempty"`
	Attempt  int          `json:"attempt,omitempty"`
	Error    string       `json:"error,omitempty"`
	Message  string       `json:"message,omitempty"`
	// Result is what a step or workflow gave. It is left out where there is none, or
	// where it has no JSON.
	Result json.RawMessage `json:"result,omitempty"`
}

// NewEvent makes the Event of a runtime.Event.
func NewEvent(e runtime.Event) Event {
	event := Event{e.Time.UTC(), e.N, e.Kind, e.Workflow, e.Step, e.Tool, e.At, e.Attempt, "", e.Message, nil}
	if e.Err != nil {
		event.Error = e.Err.Error()
	}
	if text, err := e.EncodeResult(); err == nil {
		event.Result = text
	}
	return event
}

// readRequest reads the file that the environment names, and takes the variable
// away so that what tools start doesn't see it.
func readRequest() (*Request, error) {
	path := os.Getenv(RequestVar)
	if path == "" {
		return nil, errors.New(RequestVar + " isn't set")
	}
	if err := os.Unsetenv(RequestVar); err != nil {
		return nil, err
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	r := new(Request)
	if err := json.Unmarshal(data, r); err != nil {
		return nil, err
	}
	r.leave = EndWith(r.Alive, filepath.Dir(path))
	return r, nil
}

// A channel sends messages to the command that started the program.
type channel struct {
	out     *os.File
	request *Request
	mu      sync.Mutex
}

// Observe sends an event. The runtime calls it for one event at a time.
func (c *channel) Observe(e runtime.Event) {
	switch {
	case c.request.Durable != nil && c.request.Live:
		c.send(Message{Live: eventText(e)})
	case c.request.Durable == nil && c.request.Events:
		c.send(Message{Event: eventText(e)})
	}
}

// Recorded sends an event that the journal has.
func (c *channel) Recorded(e runtime.Event) {
	if c.request.Events {
		c.send(Message{Event: eventText(e)})
	}
}

func eventText(e runtime.Event) []byte {
	text, err := json.Marshal(NewEvent(e))
	if err != nil {
		panic(err) // an Event has nothing that JSON can't say
	}
	return text
}

// send writes a message. Where nobody reads any more there is nobody to tell.
func (c *channel) send(m Message) {
	text, err := json.Marshal(m)
	if err != nil {
		panic(err) // nor has a Message
	}
	line := append([]byte{Mark}, text...)
	c.mu.Lock()
	defer c.mu.Unlock()
	_, _ = c.out.Write(append(line, '\n'))
}
