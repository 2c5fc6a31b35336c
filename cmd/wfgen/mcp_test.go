package main

import (
	"bufio"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"
)

// assistant starts wfgen mcp in a directory of files, and gives what an assistant has of it.
func assistant(t *testing.T, files map[string]string, args ...string) *mcp.ClientSession {
	t.Helper()
	dir := t.TempDir()
	t.Setenv("XDG_STATE_HOME", filepath.Join(dir, ".state"))
	for name, text := range files {
		path := filepath.Join(dir, "served", name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	secret := filepath.Join(dir, "secret")
	if err := os.WriteFile(secret, []byte("secret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for link, to := range map[string]string{"out": dir, "linked/x.wf": secret, "linked/deep/fine.wf": filepath.Join(dir, "served", "orders", "orders.wf")} {
		path := filepath.Join(dir, "served", link)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(to, path); err != nil {
			t.Fatal(err)
		}
	}
	client := mcp.NewClient(&mcp.Implementation{Name: "test", Version: "0"}, nil)
	command := exec.Command("wfgen", append([]string{"mcp", "-root", filepath.Join(dir, "served")}, args...)...)
	command.Stderr = os.Stderr
	session, err := client.Connect(t.Context(), &mcp.CommandTransport{Command: command}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { session.Close() })
	return session
}

// call calls a tool, and gives its text, behind "failed: " where it failed.
func call(t *testing.T, s *mcp.ClientSession, name string, arguments map[string]any) string {
	t.Helper()
	result, err := s.CallTool(context.Background(), &mcp.CallToolParams{Name: name, Arguments: arguments})
	if err != nil {
		return "refused: " + err.Error()
	}
	text := ""
	if result.IsError {
		text = "failed: "
	}
	for _, c := range result.Content {
		text += c.(*mcp.TextContent).Text
	}
	return text
}

const served = `package orders

tool Pay(n int) int  idempotent

// Double pays twice.
workflow Double(n int) int {
	a := Pay(n)
	b := Pay(a)
	return b
}

test "twice" {
	mock Pay => 2
	run Double(1)
	expect result == 2
}
`

// TestMCP: an assistant has what its user has, from the text of a file as from a path.
func TestMCP(t *testing.T) {
	s := assistant(t, map[string]string{"orders/orders.wf": served})
	wrong := strings.Replace(served, "return b", "return c", 1)
	for _, c := range []struct {
		tool      string
		arguments map[string]any
		want      string
	}{
		{"check", map[string]any{"source": served}, "nothing is wrong"},
		{"check", map[string]any{"source": wrong}, "source.wf:9:9: error[WF020]: unknown name c"},
		{"check", map[string]any{"path": "orders"}, "nothing is wrong"},
		{"check", map[string]any{"path": "orders/..."}, "nothing is wrong"},
		{"check", map[string]any{"path": "linked/deep"}, "nothing is wrong"},
		{"check", nil, "no .wf files"},
		{"format", map[string]any{"source": "package p\nworkflow  W( ) {\n}\n"}, "workflow W() {"},
		{"format", map[string]any{"path": "orders"}, "all is in the style"},
		{"plan", map[string]any{"source": served, "workflow": "Double"}, "Double"},
		{"plan", map[string]any{"path": "orders", "format": "mermaid"}, "flowchart"},
		{"explain", map[string]any{"code": "WF020"}, "WF020"},
		{"explain", nil, "WF001"},
		{"test", map[string]any{"path": "orders"}, "--- PASS: twice"},
		{"test", map[string]any{"source": served, "crash": true}, "crashed at"},
		{"test", map[string]any{"source": strings.Replace(served, "result == 2", "result == 3", 1)}, "--- FAIL: twice"},
		{"list", map[string]any{"path": "orders"}, "workflow Double(n int) int"},
		{"templates", nil, "approval"},
		{"runs", nil, ""},
		{"runs", map[string]any{"id": "nobody"}, "failed: "},
		{"compat", map[string]any{"old": "orders", "new": "orders"}, "Double"},
	} {
		if got := call(t, s, c.tool, c.arguments); !strings.Contains(got, c.want) {
			t.Errorf("%s %v: got %s, want %s", c.tool, c.arguments, got, c.want)
		}
	}
	text, err := s.ReadResource(t.Context(), &mcp.ReadResourceParams{URI: "wfgen://docs/language"})
	if err != nil || !strings.Contains(text.Contents[0].Text, "# ") {
		t.Errorf("the language: %v", err)
	}
	template, err := s.ReadResource(t.Context(), &mcp.ReadResourceParams{URI: "wfgen://templates/saga"})
	if err != nil || !strings.Contains(template.Contents[0].Text, "workflow ") {
		t.Errorf("a template: %v", err)
	}
}

// TestMCPConfined: an assistant gets no further than the directory that it is served, whatever
// it asks for, and runs nothing where nobody has allowed it.
func TestMCPConfined(t *testing.T) {
	s := assistant(t, map[string]string{
		"orders/orders.wf": served,
		"native/native.wf": "package native\n\nimport \"example.com/served/gone\"\n\nfunc f(n int) int = gone.F\n\nworkflow W(n int) int { return f(n) }\n",
	})
	for _, c := range []struct {
		tool      string
		arguments map[string]any
		want      string
	}{
		{"check", map[string]any{"path": ".."}, "isn't a path within"},
		{"check", map[string]any{"path": "/etc"}, "isn't a path within"},
		{"check", map[string]any{"path": "orders/../../x"}, "isn't a path within"},
		{"check", map[string]any{"path": "out"}, "leads out of"},
		{"check", map[string]any{"path": "out/..."}, "leads out of"},
		{"check", map[string]any{"path": "-json"}, "isn't a path within"},
		{"check", map[string]any{"path": "linked"}, "x.wf leads out of"},
		{"list", map[string]any{"path": "./..."}, "x.wf leads out of"},
		{"check", map[string]any{"path": "linked/x.wf"}, "leads out of"},
		{"plan", map[string]any{"path": "orders", "workflow": "out"}, "can't be asked for by its name"},
		{"compat", map[string]any{"old": "out", "new": "orders"}, "is no revision either"},
		{"compat", map[string]any{"old": "HEAD:orders", "new": "orders"}, "is no revision either"},
		{"check", map[string]any{"path": "nowhere"}, "there is no nowhere"},
		{"check", map[string]any{"path": "orders", "source": "x"}, "give one of them"},
		{"check", map[string]any{"paths": "orders"}, "paths"},
		{"plan", map[string]any{"path": "orders", "workflow": "-format=svg"}, "is no name of a workflow"},
		{"plan", map[string]any{"path": "orders", "format": "text -x"}, "is no format"},
		{"explain", map[string]any{"code": "-h"}, "is no code"},
		{"runs", map[string]any{"id": "-journal=/etc/passwd"}, "is no id"},
		{"runs", map[string]any{"status": "running,-x"}, "is no status"},
		{"compat", map[string]any{"old": "../other"}, "is no revision either"},
		{"compat", map[string]any{"old": "HEAD:../../x"}, "is no revision either"},
		{"compat", map[string]any{"old": "--journal=x"}, "is no revision either"},
		{"test", map[string]any{"path": "native"}, "without -allow run"},
		{"run", map[string]any{"path": "orders"}, `unknown tool "run"`},
	} {
		got := call(t, s, c.tool, c.arguments)
		if !strings.Contains(got, c.want) || !strings.HasPrefix(got, "failed: ") && !strings.HasPrefix(got, "refused: ") {
			t.Errorf("%s %v: got %s, want %s", c.tool, c.arguments, got, c.want)
		}
	}
}

// TestMCPRuns: with -allow run an assistant runs a workflow, and sees it among the others.
func TestMCPRuns(t *testing.T) {
	s := assistant(t, map[string]string{"orders/orders.wf": served}, "-allow", "run")
	got := call(t, s, "run", map[string]any{"path": "orders", "input": map[string]any{"n": 1}, "mock": map[string]any{"Pay": 7}})
	if !strings.Contains(got, "7") || strings.HasPrefix(got, "failed: ") {
		t.Errorf("got %s", got)
	}
	if got := call(t, s, "run", map[string]any{"path": "out", "input": map[string]any{}}); !strings.Contains(got, "leads out of") {
		t.Errorf("got %s", got)
	}
}

// TestMCPLines: what isn't JSON is answered as such, and the next request as ever.
func TestMCPLines(t *testing.T) {
	command := exec.Command("wfgen", "mcp", "-root", t.TempDir())
	in, err := command.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	command.Stderr = os.Stderr
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for _, c := range []struct{ line, want string }{
		{"nonsense", "-32700"},
		{"", ""},
		{`{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"t","version":"0"}}}`, `"serverInfo"`},
		{"{", "-32700"},
		{`{"jsonrpc":"2.0","id":2,"method":"ping"}`, `"id":2`},
	} {
		if _, err := io.WriteString(in, c.line+"\n"); err != nil {
			t.Fatal(err)
		}
		if c.want != "" && (!lines.Scan() || !strings.Contains(lines.Text(), c.want)) {
			t.Errorf("%s: got %s, want %s", c.line, lines.Text(), c.want)
		}
	}
	in.Close()
	if err := command.Wait(); err != nil {
		t.Error(err)
	}
}
