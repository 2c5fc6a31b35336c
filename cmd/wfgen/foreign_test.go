package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	goruntime "runtime"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/alecthomas/kong"
	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/wfgen/wfgen/internal/journals"
	"github.com/wfgen/wfgen/runtime/journal"
	"github.com/wfgen/wfgen/runtime/mcppin"
)

// evil steers a terminal in the ways there are: colours, a title, C1, the order of text,
// deletion, a return to the line's beginning.
const evil = "e\x1b[31m\x1b]0;t\x07\u009b2J\u202e\u2066\x7f\rvil"

// TestForeignText has each verb come upon hostile ids, names, errors and files. Whatever it
// prints, for people or for programs, acts on no terminal; and it says what it came upon.
func TestForeignText(t *testing.T) {
	if goruntime.GOOS == "windows" {
		t.Skip("a file there can't have such a name")
	}
	t.Setenv("XDG_STATE_HOME", filepath.Join(t.TempDir(), evil))
	at := &evilPlace{dir: filepath.Join(t.TempDir(), evil)}
	at.write(t)
	driven := map[string]bool{}
	for _, args := range at.commands() {
		verb := args[0]
		switch {
		case verb == "runs" || verb == "completion" || verb == "mcp" && (args[1] == "pin" || args[1] == "diff"):
			verb += " " + args[1]
		case verb == "mcp":
			verb += " serve"
		}
		driven[verb] = true
		t.Run(strings.Join(args[:2], " "), func(t *testing.T) {
			var out, problems bytes.Buffer
			run(strings.NewReader(evil), &out, &problems, append([]string{"wfgen"}, args...))
			said := out.String() + problems.String()
			if !strings.Contains(said, `\x1b[31m`) && !strings.Contains(said, `\u001b[31m`) {
				t.Errorf("says nothing of what is hostile:\n%q", said)
			}
			for i, r := range said {
				if r == utf8.RuneError || unicode.Is(unicode.Bidi_Control, r) || unicode.IsControl(r) && r != '\n' && r != '\t' {
					t.Fatalf("%U reaches the terminal:\n%q", r, said[max(0, i-60):])
				}
			}
		})
	}
	parser, err := kong.New(&command{}, kong.Vars{"formats": "text"}, statusTexts())
	if err != nil {
		t.Fatal(err)
	}
	for _, leaf := range parser.Model.Leaves(true) {
		if verb := leaf.Path(); !driven[strings.TrimPrefix(verb, parser.Model.Name+" ")] {
			t.Errorf("no hostile text for %q", verb)
		}
	}
}

// An evilPlace is a package and a journal that a stranger has made.
type evilPlace struct{ dir, journal, export, broken, pin, server string }

func (p *evilPlace) write(t *testing.T) {
	t.Helper()
	check := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	bad := filepath.Join(p.dir, "bad")
	check(os.MkdirAll(bad, 0o777))
	literal := strings.ReplaceAll(evil, "\r", `\r`)
	source := strings.ReplaceAll("package p\n\nevent Paid(id string) { by string }\n\n// EVIL\nworkflow W(id string) string {\n\treturn \"EVIL\" + Ask(id)\n}\n\n"+
		"tool Ask(id string) string\n\ntest \"EVIL\" {\n\tmock Ask => fail \"EVIL\"\n\trun W(\"EVIL\")\n\texpect result == \"EVIL\"\n}\n", "EVIL", literal)
	check(os.WriteFile(filepath.Join(p.dir, "p.wf"), []byte(source), 0o666))
	p.broken = filepath.Join(bad, "p.wf")
	check(os.WriteFile(p.broken, []byte("package p\n\nworkflow W() string { return \""+literal+"\xff\" }\n"), 0o666))
	p.journal = filepath.Join(p.dir, "j.db")
	j, err := journals.Open(p.journal)
	check(err)
	text, err := json.Marshal(evil)
	check(err)
	failure, err := json.Marshal(journal.Error{Text: evil + "\n" + evil, Type: evil})
	check(err)
	call := map[string]any{"id": evil, "name": evil, "arguments": evil}
	reply, err := json.Marshal(map[string]any{"text": evil, "model": evil, "stop": evil, "opening": map[string]string{"system": evil, "prompt": evil}, "calls": []any{call}})
	check(err)
	now := time.Now()
	check(j.Update(context.Background(), func(tx journal.Tx) error {
		for _, status := range []journal.Status{journal.StatusFailed, journal.StatusRunning, evil} {
			x := &journal.Execution{ID: string(status) + evil, Workflow: evil, Version: 1, Fingerprint: evil, Parent: evil, Created: now,
				Input: []byte(`{"id":` + string(text) + `}`),
				State: journal.State{Status: status, Generation: 1, Error: evil + "\n" + evil, Cancel: evil, Result: text}}
			if status == journal.StatusFailed {
				x.Ended = now
			}
			if err := tx.Create(x); err != nil {
				return err
			}
			if err := tx.AddAwait(&journal.Await{Execution: x.ID, Step: evil, Address: evil, Text: evil, By: evil, Since: now}); err != nil {
				return err
			}
			if err := tx.Append(x.ID, []journal.Record{
				{N: 1, Kind: journal.Attempted, Step: evil + "." + evil, Tool: evil, Attempt: 1, Time: now},
				{N: 2, Kind: journal.Failed, Step: evil + "." + evil, Tool: evil, Attempt: 1, Began: now, Time: now, Data: failure},
				{N: 3, Kind: journal.Log, Step: evil, Time: now, Data: text},
				{N: 4, Kind: journal.Done, Step: evil + ".turn[0].ask[0].fast", Tool: evil, Attempt: 1, Time: now, Data: reply},
				{N: 5, Kind: journal.Failed, Step: evil + ".turn[0].ask[1].fast", Tool: evil, Attempt: 1, Time: now, Data: failure},
				{N: 6, Kind: journal.Done, Step: evil + ".turn[0].call[0].Ask", Tool: evil, Attempt: 1, Time: now, Data: text},
			}); err != nil {
				return err
			}
		}
		return nil
	}))
	check(j.Close())
	p.pin = filepath.Join(p.dir, "evil.mcp.json")
	schema := json.RawMessage(`{"type":"object","properties":{` + string(text) + `:{"description":` + string(text) + `}}}`)
	pinned, err := mcppin.New(mcppin.Server{Name: evil, Version: evil}, evil, []*mcppin.Tool{{Name: evil, Description: evil, Input: schema}})
	check(err)
	check(os.WriteFile(p.pin, pinned.Text(), 0o666))
	p.server = evilServer(t)
	p.export = filepath.Join(p.dir, "export.json")
	var out, problems bytes.Buffer
	if code := run(nil, &out, &problems, []string{"wfgen", "runs", "export", "-journal", p.journal, "failed" + evil}); code != exitDone {
		t.Fatalf("%q", problems.String())
	}
	check(os.WriteFile(p.export, out.Bytes(), 0o666))
}

// evilServer serves tools whose names, texts and schemas are hostile.
func evilServer(t *testing.T) string {
	s := mcp.NewServer(&mcp.Implementation{Name: evil, Version: evil}, nil)
	s.AddTool(&mcp.Tool{Name: "a", Description: evil, InputSchema: json.RawMessage(`{"type":"object","required":[` + jsonText(evil) + `],"properties":{` + jsonText(evil) + `:{"enum":[` + jsonText(evil) + `]}}}`)},
		func(context.Context, *mcp.CallToolRequest) (*mcp.CallToolResult, error) { return nil, nil })
	server := httptest.NewServer(mcp.NewStreamableHTTPHandler(func(*http.Request) *mcp.Server { return s }, &mcp.StreamableHTTPOptions{Stateless: true}))
	t.Cleanup(server.Close)
	return server.URL
}

// commands has each verb at least once, with what fails and what is done.
func (p *evilPlace) commands() (all [][]string) {
	bad := filepath.Dir(p.broken)
	mock := `{"Ask":{"error":` + jsonText(evil) + `}}`
	all = append(all, [][]string{
		{"init", bad}, {"init", "-module", evil, filepath.Join(p.dir, "new")},
		{"check", bad}, {"check", "-json", bad}, {"check", evil},
		{"compile", bad}, {"compile", "-check", p.dir}, {"compile", p.dir},
		{"fmt", bad}, {"fmt", evil}, {"fmt", "-l", bad},
		{"run", "-interpret", "-input", `{"id":"x"}`, "-mock", mock, p.dir},
		{"run", "-interpret", "-input", `{"id":"x"}`, "-mock", `{"Ask":` + jsonText(evil) + `}`, p.dir},
		{"run", "-interpret", "-input", `{` + jsonText(evil) + `:1}`, "-mock", mock, p.dir},
		{"mcp", "-root", evil}, {"mcp", "serve", "-root", evil}, {"mcp", "pin", evil}, {"mcp", "pin", "-o", filepath.Join(p.dir, "new"+evil), p.server},
		{"mcp", "pin", "-header", "X: env:" + evil, p.server}, {"mcp", "diff", p.pin, p.server}, {"mcp", "diff", p.broken, p.server}, {"mcp", "diff", p.pin, "sh", "-c", "printf '" + evil + "' >&2"},
		{"run", p.dir, evil}, {"run", bad}, {"run", "-input", evil, p.dir},
		{"run", "-interpret", "-journal", p.journal, "-input", `{"id":"x"}`, "-mock", mock, p.dir},
		{"replay", p.export, p.dir}, {"replay", "-as-test", p.export, p.dir}, {"replay", evil},
		{"test", p.dir}, {"test", "-v", p.dir}, {"test", "-json", p.dir}, {"test", bad},
		{"graph", bad}, {"list", bad}, {"list", "-json", p.dir}, {"graph", "-format", "json", bad}, {"explain", evil}, {"completion", "bash", evil}, {"completion", "zsh", evil}, {"completion", "fish", evil}, {"version", evil}, {"help", evil}, {"mcp", evil},
		{"compat", p.dir, bad}, {"compat", evil, p.dir}, {"compat", "-journal", p.journal, p.dir}, {"compat", "-json", "-journal", p.journal, p.dir},
		{"runs", "list", "-journal", p.journal}, {"runs", "list", "-json", "-journal", p.journal}, {"runs", "list", "-status", evil},
		{"runs", "list", "-journal", p.journal, "-after", evil}, {"runs", evil},
		{"runs", "signal", p.dir, evil, "{}"}, {"runs", "signal", p.dir, "Paid", `{` + jsonText(evil) + `:1}`},
	}...)
	for _, verb := range []string{"show", "talk", "events", "cancel", "pause", "resume", "retry", "export", "fork", "approve"} {
		for _, id := range []string{"nobody" + evil, "failed" + evil, "running" + evil, evil + evil} {
			args := []string{"runs", verb, "-journal", p.journal}
			switch verb {
			case "fork":
				args = append(args, "-at", evil)
			case "approve":
				args = append(args, "-by", evil)
			}
			args = append(args, id)
			if verb == "approve" {
				args = append(args, evil)
			}
			all = append(all, args)
			if verb != "export" && verb != "events" && verb != "talk" {
				all = append(all, append([]string{"runs", verb, "-json"}, args[2:]...))
			}
		}
	}
	return all
}

func jsonText(text string) string {
	b, err := json.Marshal(text)
	if err != nil {
		panic(err)
	}
	return string(b)
}
