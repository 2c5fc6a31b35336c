package execute

import (
	"bytes"
	"fmt"
	"go/format"
	"regexp"
	"slices"
	"strings"

	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/types"
)

// A mainFile is the main program around a workflow.
type mainFile struct {
	company                  // that this program can run
	pkg         string       // the import path of the workflow's package
	constructor *constructor // nil with mocks, and where no tools are needed
	mocked      bool
	program     *plan.Program
	bound       []*plan.Model // those of its package that the program makes
	others      []string      // the paths of further packages, imported by the names that alias gives
	body        bytes.Buffer
}

// source gives the program as Go.
func (m *mainFile) source() []byte {
	m.main()
	if len(m.bound) > 0 || m.mocksModels() {
		m.boundModels()
	}
	if m.mocked {
		m.mocks()
	}
	text := "package main\n\nimport (\n\"context\"\n" + m.imports() + ")\n\n" + m.body.String()
	source, err := format.Source([]byte(text))
	if err != nil {
		panic("internal error: the main program isn't Go: " + err.Error() + "\n" + text)
	}
	return source
}

var usesTime = regexp.MustCompile(`\btime\.`)

func (m *mainFile) imports() string {
	var b strings.Builder
	if usesTime.Match(m.body.Bytes()) {
		b.WriteString("\"time\"\n")
	}
	if m.constructor != nil && m.constructor.fails {
		b.WriteString("\"fmt\"\n")
	}
	b.WriteString("\"" + ours + "/runtime\"\n\"" + ours + "/runtime/driver\"\n")
	if m.mocked {
		b.WriteString("\"" + ours + "/runtime/mock\"\n")
	}
	if bytes.Contains(m.body.Bytes(), []byte("agent.Model")) {
		b.WriteString("\"" + ours + "/runtime/agent\"\n")
	}
	if bytes.Contains(m.body.Bytes(), []byte("provider.")) {
		b.WriteString("\"" + ours + "/runtime/provider\"\n")
	}
	fmt.Fprintf(&b, "wf %q\n", m.pkg)
	for _, path := range m.others {
		if alias := m.alias(path); bytes.Contains(m.body.Bytes(), []byte(alias+".")) {
			fmt.Fprintf(&b, "%s %q\n", alias, path)
		}
	}
	return b.String()
}

func (m *mainFile) printf(format string, args ...any) { fmt.Fprintf(&m.body, format, args...) }

// main writes func main.
func (m *mainFile) main() {
	w := m.workflow
	args := "ctx"
	if w.HasTools() {
		args += ", tools"
	}
	m.printf("func main() {\nvar input struct {\n")
	for i, p := range w.Params {
		m.printf("P%d %s `json:%q`\n", i, m.goType(p.Type, "wf"), p.Name)
		args += fmt.Sprintf(", input.P%d", i)
	}
	m.printf("}\n")
	result := !types.Is(w.Result, types.Nothing)
	call := fmt.Sprintf("wf.%s(%s)", w.GoFunc("nil"), args)
	run := "return " + call + "\n"
	if _, union := w.Result.(*types.Union); union {
		run = "v, err := " + call + "\nreturn driver.Tagged(v), err\n"
	}
	if !result {
		run = "return nil, " + call + "\n"
	}
	prepare := m.bind() + m.prepare()
	m.printf("driver.Main(driver.Program{\nWorkflow: %q,\nInput: &input,\nHasResult: %t,\n%s", w.Name, result, prepare)
	m.printf("Run: func(ctx context.Context) (any, error) {\n%s},\n", run)
	m.printf("Registry: func() *runtime.Registry {\nreturn %s\n},\n})\n}\n", m.registry())
	if m.partial() {
		m.printf("\ntype (\ngiven = %s\nothers = wf.Tools\nlacking struct{ others }\npartial struct {\ngiven\nlacking\n}\n)\n", m.givenType())
	}
}

// registry is the registry of the workflow's package or, where the tools are those of
// the workflow and what it starts alone, of nothing but these.
func (m *mainFile) registry() string {
	only := fmt.Sprintf("Only(%s)", strings.TrimSuffix(strings.TrimPrefix(fmt.Sprintf("%#v", m.names()), "[]string{"), "}"))
	switch {
	case !slices.ContainsFunc(m.program.Workflows, (*plan.Workflow).HasTools):
		return "wf.Workflows()"
	case !m.hasTools():
		return "wf.Workflows(nil)." + only
	case m.partial():
		return "wf.Workflows(partial{tools, lacking{}})." + only
	}
	return "wf.Workflows(tools)"
}

// partial tells that the tools are those of the workflow, and of what it starts, alone:
// the methods of others are there, and nobody calls them.
func (m *mainFile) partial() bool {
	return m.hasTools() && (m.constructor == nil || !m.constructor.all)
}

// givenType is the type of the tools, as one whose methods are in the same depth.
func (m *mainFile) givenType() string {
	if m.mocked || len(m.bound) == 0 {
		return m.toolsType()
	}
	return m.boundType()
}

// toolsType is the type of the variable that holds the tools.
func (m *mainFile) toolsType() string {
	switch {
	case m.mocked:
		return "mocked"
	case len(m.bound) > 0:
		return "bound"
	case m.constructor.all:
		return "wf.Tools"
	}
	var parts []string
	for _, w := range m.all() {
		if w.HasTools() {
			parts = append(parts, "wf."+w.GoName+"Tools")
		}
	}
	if len(parts) == 1 {
		return parts[0]
	}
	return "interface {\n" + strings.Join(parts, "\n") + "\n}"
}

// prepare declares the tools and gives the field that makes them.
func (m *mainFile) prepare() string {
	switch c := m.constructor; {
	case m.mocked:
		m.printf("var mocks *mock.Tools\nvar tools mocked\n")
		return "Prepare: func(data []byte) (err error) {\n" +
			"mocks, err = mock.New(data, mockTools, mockSteps)\ntools.mocks = mocks\n" + m.hooks() + "return err\n},\n" +
			"Guard: func(ctx context.Context, run func(context.Context) (any, error)) (any, error) {\nreturn mocks.Guard(ctx, run)\n},\n"
	case c == nil && len(m.bound) > 0:
		m.printf("var tools bound\n")
		return ""
	case c == nil:
		return ""
	case c.fails:
		m.printf("var tools %s\n", m.toolsType())
		return fmt.Sprintf("Prepare: func([]byte) error {\nhas, err := wf.%[1]s()\nif err != nil {\n"+
			"return fmt.Errorf(\"%[1]s: %%w\", err)\n}\n%[2]s = has\nreturn nil\n},\n", c.name, m.toolsVar())
	default:
		m.printf("var tools %s\n", m.toolsType())
		return fmt.Sprintf("Prepare: func([]byte) error {\n%s = wf.%s()\nreturn nil\n},\n", m.toolsVar(), c.name)
	}
}

// toolsVar is the variable that what the constructor makes goes to.
func (m *mainFile) toolsVar() string {
	if len(m.bound) > 0 {
		return "tools.made"
	}
	return "tools"
}

// goType is a type as the main program writes it. home is what it calls the package
// whose types have none before their names.
func (m *mainFile) goType(t types.Type, home string) string {
	switch t := t.(type) {
	case *types.List:
		return "[]" + m.goType(t.Elem, home)
	case *types.Map:
		return "map[" + m.goType(t.Key, home) + "]" + m.goType(t.Elem, home)
	case *types.Optional:
		return "*" + m.goType(t.Elem, home)
	case *types.Struct:
		return m.qualified(t.Package, t.GoName, home)
	case *types.Union:
		return m.qualified(t.Package, t.GoName, home)
	case *types.Enum:
		return m.qualified(t.Package, t.GoName, home)
	case *types.Go:
		return m.qualified(t.Package, t.Name, home)
	}
	switch {
	case types.Is(t, types.Time):
		return "time.Time"
	case types.Is(t, types.Duration):
		return "time.Duration"
	}
	return t.String()
}

func (m *mainFile) qualified(p *types.Package, name, home string) string {
	if p == nil {
		return home + "." + name
	}
	return m.alias(p.Path) + "." + name
}

// alias is what the main program calls a package.
func (m *mainFile) alias(path string) string {
	i := slices.Index(m.others, path)
	if i < 0 {
		i = len(m.others)
		m.others = append(m.others, path)
	}
	return fmt.Sprintf("wf%d", i+1)
}
