// Package codegen writes a plan as Go: one file for each .wf file, and one for
// what their package shares. It takes the order of the steps from the plan and
// decides only how Go says it: which goroutines run a region's chains, where they
// meet, what each name is. It never reads a source, and it writes no file: it
// returns their content, the same bytes for the same plan.
package codegen

import (
	"bytes"
	"fmt"
	"go/format"
	"regexp"
	"slices"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/wfgen/wfgen/compat"
	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/types"
)

const (
	runtimePath = "github.com/wfgen/wfgen/runtime"
	purePath    = runtimePath + "/pure"
	sha256Path  = runtimePath + "/sha256"
)

// importedPackages are all that generated code can import. Local names keep clear
// of their names.
var importedPackages = []string{"context", "math", "slices", "strconv", "strings", "time", runtimePath, purePath, sha256Path}

// importedBy are those that the code of a program can import: those of the agents' and
// servers' packages are free where there are none.
func importedBy(p *plan.Program) []string {
	all := slices.Clip(importedPackages)
	if len(p.Models) > 0 {
		all = append(all, agentPath)
	}
	if usesServers(p) {
		all = append(all, mcpPath)
	}
	return all
}

func importedNames(p *plan.Program) []string {
	var names []string
	for _, path := range importedBy(p) {
		names = append(names, path[strings.LastIndex(path, "/")+1:])
	}
	return names
}

// SharedFile is the name of the file that holds what a package's files share.
const SharedFile = "wf.go"

// Suffix is what the name of the Go file for a .wf file has in the place of .wf.
const Suffix = "_wf.go"

// FileName is the name of the Go file for a .wf file.
func FileName(wf string) string { return strings.TrimSuffix(wf, ".wf") + Suffix }

// Generate writes a program. An error is a defect of wfgen: Go that doesn't parse.
func Generate(p *plan.Program) ([]plan.File, error) {
	g := newGenerator(p)
	var files []plan.File
	for _, name := range p.Files {
		content, err := g.render(" from "+name, FileName(name), g.file(name))
		if err != nil {
			return nil, err
		}
		files = append(files, plan.File{Name: FileName(name), Content: content})
	}
	content, err := g.render("", SharedFile, g.shared())
	if err != nil {
		return nil, err
	}
	return append(files, plan.File{Name: SharedFile, Content: content}), nil
}

// A generator writes one package.
type generator struct {
	program *plan.Program
	// imports has the names of the imported packages, aliases what a package is called
	// whose own name isn't free.
	imports *scope
	aliases map[string]string
	adapted map[any]string // the functions around bound ones, by tool or func
	names   *scope         // of the package
	guards  map[*plan.Tool]string
	funcs   map[*plan.Func]string
	checks  map[types.Type]string // the functions that look at a struct or enum
	equals  map[*types.Struct]string
	extra   []jen.Code // functions that expressions asked for

	described   map[any]string
	steps       map[*plan.Workflow][]described
	filters     map[*plan.Durable]*filter
	awaited     map[*plan.Workflow][]jen.Code // what is written of filters
	infos       map[*plan.Workflow]string     // the variables that describe them
	inputs      map[*plan.Workflow]string     // the types of their parameters by name
	inputChecks map[*plan.Workflow]string     // the functions that look at those, where there is something to look at
	bodies      map[*plan.Workflow]string     // the functions that run them, of this package's
	topics      map[*plan.Event]string        // the variables that describe them
	keeping     map[*plan.Workflow]bool

	answers map[*plan.Converse]string // the schemas of what agents give
	offered map[*plan.Offer]offered

	needsFrame map[*plan.Func]bool // what is known of framed

	fingerprints map[*plan.Workflow]string
	places       *places // of the file that is being written
	products     bool    // that file multiplies floats
}

func newGenerator(p *plan.Program) *generator {
	g := &generator{
		program: p, imports: newScope(nil), aliases: map[string]string{}, adapted: map[any]string{},
		names: &scope{parent: universe(p), taken: map[string]bool{}, fixed: true}, funcs: map[*plan.Func]string{},
		guards: map[*plan.Tool]string{}, checks: map[types.Type]string{}, equals: map[*types.Struct]string{},
		described: map[any]string{}, filters: map[*plan.Durable]*filter{}, awaited: map[*plan.Workflow][]jen.Code{},
		steps: map[*plan.Workflow][]described{}, infos: map[*plan.Workflow]string{}, inputs: map[*plan.Workflow]string{},
		inputChecks: map[*plan.Workflow]string{}, bodies: map[*plan.Workflow]string{},
		topics: map[*plan.Event]string{}, keeping: map[*plan.Workflow]bool{}, needsFrame: map[*plan.Func]bool{},
		answers: map[*plan.Converse]string{}, offered: map[*plan.Offer]offered{},
		fingerprints: compat.Fingerprints(p),
	}
	for _, name := range slices.Concat(p.GoNames(), boundNames(p)) {
		g.names.take(name)
	}
	g.nameImports()
	g.nameAdapters()
	for _, w := range p.Workflows {
		g.infos[w] = g.names.take(lowerFirst(w.GoName) + "Workflow")
		g.inputs[w] = g.names.take(lowerFirst(w.GoName) + "Input")
		g.bodies[w] = w.GoName
		if w.NeedsEngine {
			g.bodies[w] = g.names.take(lowerFirst(w.GoName) + "Durably")
		}
		if slices.ContainsFunc(w.Params, func(p *plan.Variable) bool { return reports(p.Type) && needsCheck(p.Type) }) {
			g.inputChecks[w] = g.names.take("check" + types.Exported(g.inputs[w]))
		}
	}
	for _, e := range p.Events {
		g.topics[e] = g.names.take(lowerFirst(e.Type.GoName) + "Topic")
		g.nameChecks(e.Type)
	}
	for _, f := range p.Funcs {
		if f.Go != nil {
			continue
		}
		g.funcs[f] = f.GoName
		if universe(p).has(f.GoName) || slices.Contains(ours, f.GoName) || slices.Contains(checking, f.GoName) {
			g.funcs[f] = g.names.take(f.GoName + "Func")
		}
	}
	for _, w := range p.Workflows {
		g.comingIn(w)
	}
	for _, t := range p.Tools {
		if t.Guard != nil {
			g.guards[t] = g.names.take(lowerFirst(t.GoName) + "Guard")
		}
	}
	for _, f := range p.Funcs {
		if f.Body != nil {
			f.Body.Walk(g.decoded)
		}
	}
	return g
}

// decoded names the functions that look at what decode gives.
func (g *generator) decoded(x plan.Expr) {
	if d, ok := x.(*plan.Decode); ok {
		g.nameChecks(d.Typ)
	}
}

// comingIn names the functions that look at what comes into a workflow: its
// parameters, the results of its tools, and what a model writes.
func (g *generator) comingIn(w *plan.Workflow) {
	for _, p := range w.Params {
		g.nameChecks(p.Type)
	}
	plan.Inspect(w.Body, func(n *plan.Node) {
		switch c := n.Op.(type) {
		case *plan.Call:
			if c.Tool != nil {
				g.nameChecks(c.Tool.Result)
			}
		case *plan.Converse:
			g.nameAgent(w, c)
		}
	}, g.decoded)
}

func (g *generator) nameChecks(t types.Type) {
	if _, named := g.checks[t]; named || !needsCheck(t) {
		return
	}
	switch t := t.(type) {
	case *types.Enum:
		g.checks[t] = g.names.take("check" + t.GoName)
	case *types.Struct:
		if t.Package != nil {
			return // see each
		}
		g.checks[t] = g.names.take("check" + t.GoName)
		for _, f := range t.Fields {
			g.nameChecks(f.Type)
		}
	case *types.Union:
		g.checks[t] = g.names.take("check" + t.GoName)
		for _, m := range t.Members {
			g.nameChecks(m)
		}
	case *types.List:
		g.nameChecks(t.Elem)
	case *types.Optional:
		g.nameChecks(t.Elem)
	case *types.Map:
		g.nameChecks(t.Key)
		g.nameChecks(t.Elem)
	}
}

// file gives the declarations of one .wf file, in the order types, funcs,
// workflows, each in that of the source, and the table of places.
func (g *generator) file(name string) []jen.Code {
	g.places, g.products = newPlaces(), false
	var code []jen.Code
	for _, e := range g.program.Enums {
		if e.Pos.File == name {
			code = append(code, g.enumType(e)...)
		}
	}
	for _, s := range g.program.Structs {
		if s.Pos.File == name {
			code = append(code, g.structType(s)...)
		}
	}
	for _, u := range g.program.Unions {
		if u.Pos.File == name {
			code = append(code, g.unionType(u)...)
		}
	}
	for _, e := range g.program.Events {
		if e.Pos.File == name {
			code = append(code, g.topic(e), g.sender(e))
		}
	}
	for _, t := range g.program.Tools {
		switch {
		case t.Pos.File != name || t.Go == nil:
		case t.Go.Hook:
			code = append(code, hook(t))
		case g.adapted[t] != "":
			code = append(code, g.toolAdapter(t))
		}
	}
	for _, t := range g.program.Tools {
		if t.Pos.File == name && t.Guard != nil {
			code = append(code, g.guard(t))
		}
	}
	for _, f := range g.program.Funcs {
		switch {
		case f.Pos.File != name:
		case f.Go == nil:
			code = append(code, g.funcDecl(f)...)
		case g.adapted[f] != "":
			code = append(code, g.funcAdapter(f))
		}
	}
	for _, w := range g.program.Workflows {
		if w.Pos.File == name {
			code = append(code, g.workflowFunc(w)...)
		}
	}
	code = append(code, g.servers(name)...)
	return slices.Concat(g.guide(name), code, g.placeTable())
}

// shared gives what the package's files share: the runtime that they need, the interface
// of all tools, and the registry of all workflows.
func (g *generator) shared() []jen.Code {
	code := []jen.Code{
		handshake(),
		documented("Tools are the tools of the package's workflows, to be implemented in Go.",
			jen.Type().Id("Tools").Interface(slices.Concat(g.methods(g.program.Tools, true), modelMethods(g.program.Models, true), accessors(g.program.Needs, true))...)),
	}
	code = append(code, g.registry()...)
	code = append(code, g.foreignTypes()...)
	return append(code, g.extra...)
}

// Handshake is the name of the constant by which the runtime says that it can run the
// code that is generated now.
const Handshake = "SupportsGeneratedCode3"

// handshake is the line by which Go refuses to compile generated code together with a
// runtime that can't run it.
func handshake() jen.Code {
	return jen.Const().Id("_").Op("=").Qual(runtimePath, Handshake).
		Comment("if undefined: upgrade github.com/wfgen/wfgen, and run wfgen compile again")
}

// render prints a file. Jennifer's own formatting is left out: the imports are
// grouped, and the code is formatted, in one go.
func (g *generator) render(from, name string, code []jen.Code) ([]byte, error) {
	f := jen.NewFile(g.program.Package)
	f.NoFormat = true
	f.HeaderComment("Code generated by wfgen" + from + ". DO NOT EDIT.")
	for i, name := range importedNames(g.program) {
		f.ImportName(importedBy(g.program)[i], name)
	}
	for _, p := range g.program.Packages() {
		if alias := g.aliases[p.Path]; alias != p.Name {
			f.ImportAlias(p.Path, alias)
		} else {
			f.ImportName(p.Path, p.Name)
		}
	}
	for _, c := range code {
		f.Add(c).Line()
	}
	var buf bytes.Buffer
	if err := f.Render(&buf); err != nil {
		return nil, fmt.Errorf("internal error: print %s: %w", name, err)
	}
	content, err := format.Source(grouped(buf.Bytes()))
	if err != nil {
		return nil, fmt.Errorf("internal error: generated invalid Go for %s: %w", name, err)
	}
	return content, nil
}

var importBlock = regexp.MustCompile(`(?s)\nimport \(\n(.*?)\n\)`)

// grouped puts the imports of Go's own packages before the others, as goimports
// does. Jennifer prints them all in one block.
func grouped(source []byte) []byte {
	return importBlock.ReplaceAllFunc(source, func(block []byte) []byte {
		var own, others []string
		for _, line := range strings.Split(string(importBlock.FindSubmatch(block)[1]), "\n") {
			if strings.Contains(line, ".") {
				others = append(others, line)
			} else {
				own = append(own, line)
			}
		}
		return []byte("\nimport (\n" + strings.Join(own, "\n") + "\n\n" + strings.Join(others, "\n") + "\n)")
	})
}
