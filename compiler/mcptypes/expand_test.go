package mcptypes_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/wfgen/wfgen/checker"
	"github.com/wfgen/wfgen/codegen"
	"github.com/wfgen/wfgen/compiler/mcptypes"
	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/golden/archive"
	"github.com/wfgen/wfgen/parser"
	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/runtime/mcppin"
)

// pinned makes a pinned file of what a server answers when its tools are listed.
func pinned(t *testing.T, list []byte) *mcppin.File {
	t.Helper()
	var tools []struct {
		Name, Description         string
		InputSchema, OutputSchema json.RawMessage
	}
	if err := json.Unmarshal(list, &tools); err != nil {
		t.Fatal(err)
	}
	var all []*mcppin.Tool
	for _, x := range tools {
		all = append(all, &mcppin.Tool{Name: x.Name, Description: x.Description, Input: x.InputSchema, Output: x.OutputSchema})
	}
	f, err := mcppin.New(mcppin.Server{}, "", all)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// bound is a package that binds each tool of a server.
func bound(f *mcppin.File) string {
	var b strings.Builder
	b.WriteString("package p\n\nmcp server \"server.mcp.json\"\n\n")
	for i, t := range f.Tools {
		name := strings.Map(func(r rune) rune {
			if r < 0x80 && (r == '_' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z') {
				return r
			}
			return '_'
		}, t.Name)
		fmt.Fprintf(&b, "tool T%d = server.%s\n", i+1, name)
	}
	return b.String()
}

func expand(t *testing.T, source string, pin []byte) (*dsl.File, []diag.Diagnostic) {
	t.Helper()
	file, faults := parser.Parse("p.wf", []byte(source))
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	files, ds := mcptypes.Expand([]*dsl.File{file}, func(name string) ([]byte, error) {
		if name != "server.mcp.json" || pin == nil {
			return nil, fs.ErrNotExist
		}
		return pin, nil
	})
	return files[0], ds
}

// TestServers: the tools of servers of many shapes become declarations that are sound, and whose
// Go is.
func TestServers(t *testing.T) {
	archive.Test(t, func(t *testing.T, a *txtar.Archive) *txtar.Archive {
		pin := pinned(t, a.Files[0].Data)
		file, ds := expand(t, bound(pin), pin.Text())
		if len(ds) > 0 {
			t.Fatalf("%+v", ds)
		}
		program, ds := checker.Check([]*dsl.File{file}, "")
		for _, d := range ds {
			if d.Severity == diag.Error {
				t.Errorf("%s: %s", d.Code, d.Message)
			}
		}
		if t.Failed() {
			return a
		}
		if _, err := codegen.Generate(plan.Make(program)); err != nil {
			t.Error(err)
		}
		var types strings.Builder
		for _, d := range file.Decls {
			if tool, ok := d.(*dsl.ToolDecl); ok {
				fmt.Fprintf(&types, "// %s takes %q\n", tool.Name.Name, tool.Remote.Names)
			}
		}
		return &txtar.Archive{Files: []txtar.File{a.Files[0], {Name: "declarations", Data: []byte(types.String() + dsl.Text(file))}}}
	})
}

// TestRefused: what is wrong with a server's declaration, or a tool's, is said at its place.
func TestRefused(t *testing.T) {
	pin := pinned(t, []byte(`[{"name":"find","inputSchema":{"type":"object"}},{"name":"a-b","inputSchema":{"type":"object"}}]`))
	edited := []byte(strings.Replace(string(pin.Text()), `"find"`, `"fine"`, 1))
	for _, c := range []struct {
		name, source string
		pin          []byte
		want         string
	}{
		{"sound", `mcp s "server.mcp.json"` + "\ntool F = s.find\ntool G = s.a_b", pin.Text(), ""},
		{"missing", `mcp s "server.mcp.json"`, nil, "there is no file server.mcp.json beside this one"},
		{"elsewhere", `mcp s "../server.mcp.json"`, pin.Text(), "expected the name of a file beside this one"},
		{"another name", `mcp s "server.json"`, pin.Text(), "ends with .mcp.json"},
		{"edited", `mcp s "server.mcp.json"`, edited, "edited by hand"},
		{"twice", `mcp s "server.mcp.json"` + "\n" + `mcp s "server.mcp.json"`, pin.Text(), "there is a server s already"},
		{"unknown", `mcp s "server.mcp.json"` + "\ntool F = s.found", pin.Text(), "has no tool found"},
	} {
		_, ds := expand(t, "package p\n\n"+c.source+"\n", c.pin)
		var got []string
		for _, d := range ds {
			got = append(got, d.Message)
		}
		if (len(ds) == 0) != (c.want == "") || !strings.Contains(strings.Join(got, "\n"), c.want) {
			t.Errorf("%s: got %q, want %s", c.name, got, c.want)
		}
	}
}

// TestWide: definitions that refer to one another often end in any.
func TestWide(t *testing.T) {
	var defs strings.Builder
	for i := range 12 {
		fmt.Fprintf(&defs, `"d%d":{"type":"object","properties":{`, i)
		for j := range 8 {
			fmt.Fprintf(&defs, `"p%d":{"$ref":"#/$defs/d%d"},`, j, i+1)
		}
		defs.WriteString(`"e":{"enum":["x","y"]}}},`)
	}
	pin := pinned(t, []byte(`[{"name":"find","inputSchema":{"type":"object","properties":{"f":{"$ref":"#/$defs/d0"}},"$defs":{`+defs.String()+`"d12":{"type":"integer"}}}}]`))
	done := make(chan int, 1)
	go func() {
		file, _ := expand(t, "package p\n\nmcp s \"server.mcp.json\"\ntool F = s.find\n", pin.Text())
		done <- len(file.Decls)
	}()
	select {
	case n := <-done:
		if n < 100 || n > 600 {
			t.Errorf("there are %d declarations", n)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("it makes types without end")
	}
}

// TestGoNames: what would be two of one name in Go, or none there, is reported.
func TestGoNames(t *testing.T) {
	pin := pinned(t, []byte(`[{"name":"find","inputSchema":{"type":"object"}}]`)).Text()
	for _, c := range []struct{ source, want string }{
		{"mcp git \"server.mcp.json\"\ntool Find = git.find", ""},
		{"mcp git \"server.mcp.json\"\ntool Find = git.find\ntype GitServer { id string }", "GitServer is GitServer in Go, and so is the type that has the tools of server git"},
		{"mcp git_hub \"server.mcp.json\"\nmcp gitHub \"server.mcp.json\"\ntool Find = git_hub.find\ntool Found = gitHub.find", "tools of server git_hub"},
		{"mcp git \"server.mcp.json\"\ntool Server = git.find", "Server is Server in Go"},
	} {
		file, ds := expand(t, "package p\n\n"+c.source+"\n", pin)
		if len(ds) > 0 {
			t.Fatal(ds)
		}
		_, ds = checker.Check([]*dsl.File{file}, "")
		var got []string
		for _, d := range ds {
			if d.Code == diag.GoNameClash {
				got = append(got, d.Message)
			}
		}
		if (len(got) == 0) != (c.want == "") || !strings.Contains(strings.Join(got, "\n"), c.want) {
			t.Errorf("%s: got %q, want %s", c.source, got, c.want)
		}
	}
}

// TestHints: a tool that is declared to read is warned of where its server doesn't say so.
func TestHints(t *testing.T) {
	for _, c := range []struct {
		hints *mcppin.Hints
		warns bool
	}{{nil, false}, {&mcppin.Hints{ReadOnly: true}, false}, {&mcppin.Hints{Idempotent: true}, true}} {
		pin, err := mcppin.New(mcppin.Server{}, "", []*mcppin.Tool{{Name: "find", Hints: c.hints}})
		if err != nil {
			t.Fatal(err)
		}
		_, ds := expand(t, "package p\n\nmcp s \"server.mcp.json\"\ntool F = s.find readonly\n", pin.Text())
		if warned := len(ds) == 1 && ds[0].Code == diag.HintedWrites && ds[0].Severity == diag.Warning; warned != c.warns {
			t.Errorf("%s: got %+v", c.hints, ds)
		}
	}
}
