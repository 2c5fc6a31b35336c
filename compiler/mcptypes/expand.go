// Package mcptypes makes declarations of the language of what a server's pinned tools take and
// give. It takes the trees of a package with what reads the pinned files beside them, and gives
// trees in which each tool that is bound to a server's has parameters and a result, and stands
// beside the types that these need. It changes no tree that it is given, reaches no server, and
// trusts nothing that a pinned file says: texts come out escaped, on one line.
package mcptypes

import (
	"encoding/json"
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/runtime/foreign"
	"github.com/wfgen/wfgen/runtime/mcppin"
	"github.com/wfgen/wfgen/types"
)

// Suffix ends the names of pinned files.
const Suffix = ".mcp.json"

// Declares tells whether any of the files declares a server.
func Declares(files []*dsl.File) bool { return len(Files(files)) > 0 }

// Files are the names of the pinned files, each once, in the order of the declarations.
func Files(files []*dsl.File) (names []string) {
	for _, f := range files {
		for _, d := range f.Decls {
			if d, ok := d.(*dsl.McpDecl); ok && d.FileName() != "" && !slices.Contains(names, d.FileName()) {
				names = append(names, d.FileName())
			}
		}
	}
	return names
}

// A server is one that is declared.
type server struct {
	decl *dsl.McpDecl
	file *dsl.File
	pin  *mcppin.File // nil where it can't be used, which is reported
}

// Expand gives the files of a package with their servers' tools declared. Where a file has none
// it is the same. read gives a pinned file by its name.
func Expand(files []*dsl.File, read func(name string) ([]byte, error)) ([]*dsl.File, []diag.Diagnostic) {
	x := &expander{servers: map[string]*server{}, taken: map[string]bool{}}
	for _, f := range files {
		x.file = f
		for _, d := range f.Decls {
			if d, ok := d.(*dsl.McpDecl); ok {
				x.declare(d, read)
			}
		}
	}
	out := slices.Clone(files)
	for i, f := range files {
		x.file = f
		if decls, changed := x.decls(f); changed {
			expanded := *f
			expanded.Decls = decls
			out[i] = &expanded
		}
	}
	return out, x.diags
}

type expander struct {
	servers map[string]*server
	file    *dsl.File
	diags   []diag.Diagnostic
	taken   map[string]bool // the names of types that were made
}

func (x *expander) report(severity diag.Severity, code diag.Code, at dsl.Node, message, help string) {
	x.diags = append(x.diags, diag.Diagnostic{
		Code: code, Severity: severity, Source: x.file.Source, Span: at.Place(), Message: message, Help: help,
	})
}

func (x *expander) declare(d *dsl.McpDecl, read func(name string) ([]byte, error)) {
	if old := x.servers[d.Name.Name]; old != nil {
		x.report(diag.Error, diag.DuplicateName, d.Name, "there is a server "+d.Name.Name+" already", "")
		return
	}
	s := &server{decl: d, file: x.file}
	x.servers[d.Name.Name] = s
	name := d.FileName()
	if name == "" || !filepath.IsLocal(filepath.FromSlash(name)) || strings.ContainsAny(name, "/\\") || !strings.HasSuffix(name, Suffix) {
		x.report(diag.Error, diag.BadServer, d.File, "expected the name of a file beside this one that ends with "+Suffix, "wfgen mcp pin writes one: wfgen mcp pin -o "+d.Name.Name+".mcp.json URL")
		return
	}
	text, err := read(name)
	if errors.Is(err, fs.ErrNotExist) {
		x.report(diag.Error, diag.BadServer, d.File, "there is no file "+foreign.Line(name)+" beside this one", "write it with wfgen mcp pin -o "+foreign.Line(name)+" and the URL of the server, or the command that starts it")
		return
	}
	if err == nil {
		s.pin, err = mcppin.Parse(text)
	}
	if err != nil {
		x.report(diag.Error, diag.BadServer, d.File, foreign.Line(name)+" can't be used: "+err.Error(), "")
	}
}

// decls gives the declarations of a file with those that its tools of servers need.
func (x *expander) decls(f *dsl.File) (decls []dsl.Decl, changed bool) {
	for _, d := range f.Decls {
		t, ok := d.(*dsl.ToolDecl)
		if !ok || t.Go == nil || t.Go.Package == nil || t.Go.Name == nil || t.Name == nil || x.servers[t.Go.Package.Name] == nil {
			decls = append(decls, d)
			continue
		}
		made, types := x.tool(t, x.servers[t.Go.Package.Name])
		decls = append(append(decls, made), types...)
		changed = true
	}
	return decls, changed
}

// tool gives the declaration of a tool with what the pinned schemas say, and the types for it.
func (x *expander) tool(t *dsl.ToolDecl, s *server) (*dsl.ToolDecl, []dsl.Decl) {
	out := *t
	out.Go = nil
	bad := func() (*dsl.ToolDecl, []dsl.Decl) {
		out.Result, out.Remote = &dsl.BadType{Span: t.Go.Place()}, &dsl.Remote{}
		return &out, nil
	}
	if s.pin == nil {
		return bad()
	}
	pinned := s.pin.Tool(t.Go.Name.Name)
	if pinned == nil {
		pinned = s.spelled(t.Go.Name.Name)
	}
	if pinned == nil {
		x.report(diag.Error, diag.BadServer, t.Go, "server "+s.decl.Name.Name+" has no tool "+t.Go.Name.Name+" in "+foreign.Line(s.decl.FileName()), "it has "+toolNames(s.pin)+"; wfgen mcp pin writes the file anew")
		return bad()
	}
	x.hints(t, pinned)
	m := &maker{expander: x, at: t.Go.Place(), tool: t.Name.Name, open: map[string]bool{}}
	out.Remote = &dsl.Remote{Server: s.decl.Name.Name, Tool: pinned.Name}
	m.root = read(pinned.Input)
	out.Params, out.Remote.Names = m.params()
	if pinned.Output == nil {
		out.Result = m.named("string")
	} else {
		m.root = read(pinned.Output)
		out.Result = m.typ(m.root, t.Name.Name+"Result", 0)
	}
	if out.Doc == "" {
		out.Doc = line(pinned.Description)
	}
	out.Remote.Pinned = text(pinned)
	return &out, m.decls
}

// spelled finds a tool whose name is no identifier by the identifier that it becomes, where
// that is one's alone.
func (s *server) spelled(name string) (found *mcppin.Tool) {
	for _, t := range s.pin.Tools {
		if identifier(t.Name) == name {
			if found != nil {
				return nil
			}
			found = t
		}
	}
	return found
}

func toolNames(f *mcppin.File) string {
	var names []string
	for _, t := range f.Tools {
		if names = append(names, foreign.Line(identifier(t.Name))); len(names) == 12 && len(f.Tools) > 12 {
			return strings.Join(names, ", ") + " and others"
		}
	}
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}

// hints warns where a tool is declared to do less than its server says that it does. What a
// server says otherwise is believed by nobody.
func (x *expander) hints(t *dsl.ToolDecl, pinned *mcppin.Tool) {
	h := pinned.Hints
	if h == nil || h.ReadOnly {
		return
	}
	for _, c := range t.Clauses {
		switch c := c.(type) {
		case *dsl.EffectClause:
			if c.Readonly {
				x.report(diag.Warning, diag.HintedWrites, c, t.Name.Name+" is declared readonly, and its server doesn't say that it only reads: it says "+h.String(),
					"an attempt that was cut off is made again, and calls go on side by side: where it changes something, leave readonly out")
			}
		}
	}
}

// text is a pinned tool as the program carries it: without what is said of it.
func text(t *mcppin.Tool) string {
	b, err := json.Marshal(&struct {
		Input  json.RawMessage `json:"input"`
		Output json.RawMessage `json:"output,omitempty"`
	}{t.Input, t.Output})
	if err != nil {
		panic("internal error: a pinned tool can't be written: " + err.Error())
	}
	return string(b)
}

// line is a foreign text on one line.
func line(text string) string { return foreign.Line(strings.Join(strings.Fields(text), " ")) }

// identifier is a name as the language can have it.
func identifier(name string) string {
	var b strings.Builder
	for i, r := range name {
		switch {
		case r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || i > 0 && r >= '0' && r <= '9':
			b.WriteRune(r)
		default:
			b.WriteByte('_')
		}
	}
	if strings.Trim(b.String(), "_") == "" {
		return ""
	}
	return b.String()
}

func exported(name string) string { return types.Exported(name) }
