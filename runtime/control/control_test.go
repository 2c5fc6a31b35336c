package control_test

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/control"
	"github.com/wfgen/wfgen/runtime/memory"
)

var waits = runtime.Workflow{Name: "Waits"}

// signal is an event whose key is the whole of it.
var signal = runtime.Topic[string]{Name: "Go", Keep: 1 << 50, Keys: func(s string) []any { return []any{s} }}

var awaits = runtime.Task[string]{Step: runtime.Step{ID: "s"}}

// serve serves an engine that has an execution "x", which awaits an event.
func serve(t *testing.T) (e *runtime.Engine, socket string) {
	t.Helper()
	registry := runtime.NewRegistry("{}", runtime.Define(runtime.Definition{Workflow: &waits},
		func(ctx context.Context, in struct{}) (string, error) {
			f := runtime.Start(ctx, &waits)
			var err error
			defer f.End(&err)
			f.Enter(nil)
			v, err := runtime.Await(f, &awaits, &signal, 0, "now")
			return v, err
		})).AddEvents("{}", runtime.DefineEvent(runtime.EventDefinition{}, &signal))
	e, err := runtime.Open(context.Background(), memory.New(), registry)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	if _, err := e.Submit(context.Background(), "Waits", nil, runtime.ID("x")); err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "wf") // a test's own directory may be too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	socket = filepath.Join(dir, "s")
	server, err := control.Serve(e, socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	return e, socket
}

func TestCall(t *testing.T) {
	e, socket := serve(t)
	tests := []struct {
		ask  control.Request
		id   string
		fail string
	}{
		{control.Request{Verb: "dance"}, "", `can't be asked to "dance"`},
		{control.Request{Verb: control.Pause, Execution: "none"}, "", "there is no execution none"},
		{control.Request{Verb: control.Pause, Execution: "x"}, "x", ""},
		{control.Request{Verb: control.Resume, Execution: "x"}, "x", ""},
		{control.Request{Verb: control.Retry, Execution: "x"}, "", "only one that has failed"},
		{control.Request{Verb: control.Approve, Execution: "x", Step: "s", Answer: runtime.Answer{By: "ann"}}, "", "waits for no answer"},
		{control.Request{Verb: control.Signal, Event: "Stop", Data: json.RawMessage(`"now"`)}, "", "no event Stop"},
		{control.Request{Verb: control.Signal, Event: "Go", Data: json.RawMessage(`4`)}, "", "expected a string"},
		{control.Request{Verb: control.Signal, Event: "Go", Data: json.RawMessage(`"now"`), MessageID: "m"}, "", ""},
	}
	for _, test := range tests {
		id, err := control.Call(context.Background(), socket, test.ask)
		if id != test.id || (err == nil) != (test.fail == "") || err != nil && !strings.Contains(err.Error(), test.fail) {
			t.Errorf("%+v: %q, %v; want %q, %q", test.ask, id, err, test.id, test.fail)
		}
	}
	run, err := e.Run(context.Background(), "x")
	if err != nil {
		t.Fatal(err)
	}
	if v, err := run.Result(context.Background()); err != nil || v != "now" {
		t.Errorf("the execution gives %v, %v", v, err)
	}
	if running, err := control.RunningSteps(context.Background(), socket); err != nil || len(running) > 0 {
		t.Errorf("running: %v, %v", running, err)
	}
	id, err := control.Call(context.Background(), socket, control.Request{Verb: control.Fork, Execution: "x", Step: "s", NewID: "y"})
	if err != nil || id != "y" {
		t.Errorf("fork: %q, %v", id, err)
	}
	if id, err := control.Call(context.Background(), socket, control.Request{Verb: control.Cancel, Execution: "y", Text: "enough"}); err != nil || id != "y" {
		t.Errorf("cancel: %q, %v", id, err)
	}
	run, err = e.Run(context.Background(), "y")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := run.Result(context.Background()); err == nil || !strings.Contains(err.Error(), "enough") {
		t.Errorf("the cancelled execution gives %v", err)
	}
}

// The socket of a process that is gone is taken over; what isn't a socket stays.
func TestServeTakesOver(t *testing.T) {
	e, socket := serve(t)
	left := socket + "2"
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: left, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	l.SetUnlinkOnClose(false)
	l.Close()
	if _, err := control.Call(context.Background(), left, control.Request{}); !errors.Is(err, control.ErrUnreachable) {
		t.Errorf("nobody serves: %v", err)
	}
	s, err := control.Serve(e, left)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(left)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the socket's mode is %v, %v", info.Mode(), err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	file := socket + "3"
	if err := os.WriteFile(file, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := control.Serve(e, file); err == nil {
		t.Error("a file is served on")
	}
	if text, err := os.ReadFile(file); err != nil || string(text) != "mine" {
		t.Errorf("the file is %q, %v", text, err)
	}
}

func TestServeRefusesGarbage(t *testing.T) {
	_, socket := serve(t)
	c, err := net.Dial("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.Write([]byte("}{\n")); err != nil {
		t.Fatal(err)
	}
	var answer struct{ Error string }
	if err := json.NewDecoder(c).Decode(&answer); err != nil || !strings.Contains(answer.Error, "invalid character") {
		t.Errorf("%+v, %v", answer, err)
	}
}
