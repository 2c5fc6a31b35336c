package execute

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/constant"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/wfgen/wfgen/compiler"
	"github.com/wfgen/wfgen/internal/models"
	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/runtime/agenttest"
	"github.com/wfgen/wfgen/runtime/driver"
	"github.com/wfgen/wfgen/runtime/model"
	"github.com/wfgen/wfgen/types"
)

// TestInterpretedLikeCompiled runs the workflows of the golden cases and of the
// examples in both ways, with random inputs and mocks of which some fail: the same
// results, failures, exit codes, and events of each step.
func TestInterpretedLikeCompiled(t *testing.T) {
	dir := t.TempDir()
	cases := casesOf(t, dir)
	binary := buildCases(t, dir, cases)
	t.Setenv("CASES_MODEL_KEY", "agenttest-key")
	for i, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			link := filepath.Join(t.TempDir(), fmt.Sprint("case", i))
			if err := os.Symlink(binary, link); err != nil {
				t.Fatal(err)
			}
			var all sync.WaitGroup // side by side, as some pause before they try again
			for seed := range uint64(12) {
				dir := t.TempDir()
				all.Go(func() { c.compare(t, dir, link, seed) })
			}
			all.Wait()
		})
	}
}

// A runCase is a workflow that is run in both ways.
type runCase struct {
	name     string
	pkg      *compiler.Package
	program  *plan.Program
	workflow *plan.Workflow
}

// casesOf lays the sources out in dir, a package for each golden case and example.
func casesOf(t *testing.T, dir string) []runCase {
	t.Helper()
	archives, err := filepath.Glob("../../golden/testdata/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range archives {
		a, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range a.Files {
			if filepath.Ext(f.Name) == ".wf" || strings.HasSuffix(f.Name, ".mcp.json") {
				put(t, filepath.Join(dir, strings.TrimSuffix(filepath.Base(path), ".txtar"), f.Name), f.Data)
			}
		}
	}
	examples, err := filepath.Glob("../../examples/*/*.wf")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range examples {
		source, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		put(t, filepath.Join(dir, "example_"+filepath.Base(filepath.Dir(path)), filepath.Base(path)), source)
	}
	return load(t, dir)
}

func load(t *testing.T, dir string) []runCase {
	t.Helper()
	packages, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	var cases []runCase
	for _, path := range packages {
		p, err := compiler.Load(path)
		if err != nil {
			t.Fatal(err)
		}
		if p.HasErrors() {
			continue
		}
		program := p.Plan()
		for _, w := range program.Workflows {
			if !slow(w) && !(len(w.Models) > 0 && races(w)) {
				cases = append(cases, runCase{filepath.Base(path) + "." + w.Name, p, program, w})
			}
		}
	}
	if len(cases) < 30 {
		t.Fatalf("only %d workflows to run", len(cases))
	}
	return cases
}

func put(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

// buildCases builds one program of all workflows; its name says which is run.
func buildCases(t *testing.T, dir string, cases []runCase) string {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(dir, "go.mod"), []byte("module cases\n\ngo 1.26\n\nrequire "+ours+" v0.0.0\n\nreplace "+ours+" => "+root+"\n"))
	var imports, picks strings.Builder
	for i, c := range cases {
		for _, f := range c.pkg.Generate() {
			put(t, filepath.Join(c.pkg.Dir, f.Name), f.Content)
		}
		m := &mainFile{company: company{workflow: c.workflow}, pkg: "cases/" + filepath.Base(c.pkg.Dir), program: c.pkg.Plan(), mocked: c.workflow.HasTools()}
		source := bytes.Replace(m.source(), []byte("package main"), fmt.Appendf(nil, "package m%d", i), 1)
		put(t, filepath.Join(dir, "mains", fmt.Sprintf("m%d", i), "main.go"), bytes.Replace(source, []byte("func main()"), []byte("func Main()"), 1))
		fmt.Fprintf(&imports, "\t\"cases/mains/m%d\"\n", i)
		fmt.Fprintf(&picks, "\tcase \"case%d\":\n\t\tm%d.Main()\n", i, i)
	}
	put(t, filepath.Join(dir, "main.go"), fmt.Appendf(nil,
		"package main\n\nimport (\n\t\"os\"\n\t\"path/filepath\"\n\n%s)\n\nfunc main() {\n\tswitch filepath.Base(os.Args[0]) {\n%s\t}\n}\n", imports.String(), picks.String()))
	binary := filepath.Join(dir, "cases.exe")
	cmd := exec.Command("go", "build", "-mod=mod", "-o", binary, ".")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOPROXY=off", "GOFLAGS=")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return binary
}

// A ran is how a run ended, with the events of each step.
type ran struct {
	Outcome
	Steps map[string][]string
}

// compare runs the workflow in both ways.
func (c *runCase) compare(t *testing.T, dir, binary string, seed uint64) {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 7))
	input, mock := c.input(r), c.mock(r, seed%3 == 2)
	compiled := c.run(t, input, mock, func(o Options) (Outcome, error) {
		close := c.bind(t, &o, seed)
		defer close()
		return start(binary, dir, Journal{}, o)
	})
	interpreted := c.run(t, input, mock, func(o Options) (Outcome, error) {
		close := c.bind(t, &o, seed)
		defer close()
		return Interpret(c.pkg, o)
	})
	if overlaps(c.program) {
		settle(&compiled, &interpreted)
	}
	if diff := cmp.Diff(compiled, interpreted); diff != "" {
		t.Errorf("the interpreter differs from the compiled workflow (-compiled +interpreted), input %s, mocks %s: %s", input, mock, diff)
	}
}

// bind has the models of the program be those of a provider that answers at random; none
// where it has no models.
func (c *runCase) bind(t *testing.T, o *Options, seed uint64) (closed func()) {
	if len(c.program.Models) == 0 {
		return func() {}
	}
	provider := agenttest.Start(agenttest.Random(seed))
	dir, text := t.TempDir(), ""
	for _, m := range c.program.Models {
		text += fmt.Sprintf("[models.%s]\nprovider = \"openai\"\nmodel = %q\nbase_url = %q\nkey_env = \"CASES_MODEL_KEY\"\n", m.Name, m.Name, provider.URL(model.ChatCompletions))
	}
	put(t, filepath.Join(dir, models.File), []byte(text))
	config, err := models.Load(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	names := modelNames(c.program, c.program.Models, nil)
	if o.bindings, err = bindings(config, names, names); err != nil {
		t.Fatal(err)
	}
	o.Models = config
	return provider.Close
}

var port = regexp.MustCompile(`127\.0\.0\.1:[0-9]+`)

// anywhere is a text without the port at which the models' provider listens.
func anywhere(text string) string { return port.ReplaceAllString(text, "127.0.0.1") }

func (c *runCase) run(t *testing.T, input, mock []byte, run func(Options) (Outcome, error)) ran {
	t.Helper()
	steps, random := map[string][]string{}, asks(c.workflow)
	o := Options{Workflow: c.workflow.Name, Input: input, Mock: mock, Stderr: os.Stderr, Observe: func(e driver.Event) {
		if random {
			e.Result = nil
		}
		steps[e.Step] = append(steps[e.Step], anywhere(fmt.Sprintf("%s %s %s %s %d %s %s %s", e.Kind, e.Workflow, e.Tool, e.At, e.Attempt, e.Error, e.Message, e.Result)))
	}}
	outcome, err := run(o)
	if err != nil {
		t.Error(err)
	}
	outcome.Failure, _, _ = strings.Cut(anywhere(outcome.Failure), "\n\ngoroutine ")
	outcome.Result = anywhere(outcome.Result)
	if random {
		outcome.Result = ""
	}
	return ran{outcome, steps}
}

// settle leaves out what is a matter of time where steps run side by side: which of
// several failures is first, how far the steps beside it have come, and what is undone then.
func settle(a, b *ran) {
	if a.Failure != "" && b.Failure != "" {
		b.Failure, b.Undone = a.Failure, a.Undone
		delete(a.Steps, "")
		delete(b.Steps, "")
	}
	for id := range a.Steps {
		a.Steps[id], b.Steps[id] = withoutPartials(a.Steps[id]), withoutPartials(b.Steps[id])
		short, long := begun(a.Steps[id]), begun(b.Steps[id])
		if len(short) > len(long) {
			short, long = long, short
		}
		if slices.Equal(short, long[:len(short)]) {
			delete(a.Steps, id)
			delete(b.Steps, id)
		}
	}
	for _, id := range slices.Collect(maps.Keys(a.Steps)) {
		if a.Failure != "" && b.Steps[id] == nil || cancelled(a.Steps[id]) || cancelled(b.Steps[id]) {
			delete(a.Steps, id)
			delete(b.Steps, id)
		}
	}
	for id := range b.Steps {
		if a.Steps[id] == nil && (a.Failure != "" || len(begun(b.Steps[id])) == 0) {
			delete(b.Steps, id)
		}
	}
}

// withoutPartials leaves out what has come of a reply: of one that is cancelled that is a
// matter of time.
func withoutPartials(events []string) []string {
	return slices.DeleteFunc(events, func(e string) bool { return strings.HasPrefix(e, "partial ") })
}

// cancelled tells whether a step was ended by the failure of another, which models take long
// enough for.
func cancelled(events []string) bool {
	return slices.ContainsFunc(events, func(e string) bool { return strings.Contains(e, "context canceled") })
}

// races tells whether a workflow has arms of which one is first.
func races(w *plan.Workflow) bool {
	found := false
	plan.Inspect(w.Body, func(n *plan.Node) {
		_, race := n.Op.(*plan.Race)
		found = found || race
	}, nil)
	return found
}

func begun(events []string) []string {
	return slices.DeleteFunc(slices.Clone(events), func(e string) bool { return strings.HasPrefix(e, "skipped") })
}

// overlaps tells whether steps of the program run side by side.
func overlaps(p *plan.Program) bool {
	found := false
	for _, w := range p.Workflows {
		found = found || w.Body.Schedule.Width > 1
		plan.Inspect(w.Body, func(n *plan.Node) {
			loop, ok := n.Op.(*plan.For)
			_, agent := n.Op.(*plan.Converse) // the reading calls of a reply
			found = found || agent || ok && loop.Parallel
			for _, b := range plan.Blocks(n.Op) {
				found = found || b.Schedule.Width > 1
			}
		}, nil)
	}
	return found
}

// asks tells whether a workflow's result depends on the clock or a random number.
func asks(w *plan.Workflow) bool {
	found := false
	plan.Inspect(w.Body, func(n *plan.Node) {
		switch n.Op.(type) {
		case *plan.Now, *plan.UUID:
			found = true
		}
	}, func(x plan.Expr) {
		_, asks := x.(*plan.RunField)
		found = found || asks
	})
	return found
}

// slow tells whether a workflow waits for long, or for what happens outside.
func slow(w *plan.Workflow) bool {
	found := w.NeedsEngine // also of one that it calls
	plan.Inspect(w.Body, func(n *plan.Node) {
		if wait, ok := n.Op.(*plan.Wait); ok {
			c, fixed := wait.X.(*plan.Const)
			if !fixed || wait.Until {
				found = true
				return
			}
			ns, _ := constant.Int64Val(c.Value)
			found = found || time.Duration(ns) > 100*time.Millisecond
		}
	}, nil)
	return found
}

// input makes a JSON object of the workflow's parameters.
func (c *runCase) input(r *rand.Rand) []byte {
	in := map[string]any{}
	for _, p := range c.workflow.Params {
		in[p.Name] = sample(r, p.Type, 0)
	}
	return encode(in)
}

// mock makes the mocks: a result for each step, of which one fails.
func (c *runCase) mock(r *rand.Rand, fails bool) []byte {
	tools := map[string]*plan.Tool{}
	for _, t := range c.workflow.Tools {
		tools[t.Name] = t
	}
	mocks := map[string]any{}
	var quick []string
	for _, s := range mockSteps(c.workflow) {
		t := tools[s.Tool]
		if types.Is(t.Result, types.Nothing) {
			mocks[s.ID] = nil
		} else {
			mocks[s.ID] = []any{sample(r, t.Result, 0)}
		}
		if !c.retried(s.Tool) {
			quick = append(quick, s.ID)
		}
	}
	if fails && len(quick) > 0 {
		id := quick[r.IntN(len(quick))]
		mocks[id] = map[string]any{"error": "no " + id}
	}
	return encode(mocks)
}

// retried tells whether a failure of a tool is followed by a pause.
func (c *runCase) retried(tool string) bool {
	found := false
	for _, w := range c.program.Workflows {
		plan.Inspect(w.Body, func(n *plan.Node) {
			if call, ok := n.Op.(*plan.Call); ok {
				found = found || call.Retry != nil && (call.Workflow != nil || call.Tool.Name == tool)
				found = found || call.Undo != nil && call.Undo.Retry != nil && (call.Undo.Tool == nil || call.Undo.Tool.Name == tool)
			}
		}, nil)
	}
	return found
}

// sample makes a value of a type as JSON has it, mostly one that fits.
func sample(r *rand.Rand, t types.Type, depth int) any {
	switch t := t.(type) {
	case *types.Enum:
		if r.IntN(20) == 0 {
			return "other"
		}
		return t.Members[r.IntN(len(t.Members))]
	case *types.List:
		return sampleList(r, t, depth)
	case *types.Map:
		m := map[string]any{}
		for range r.IntN(4) / (depth + 1) {
			m[sampleKey(r, t.Key)] = sample(r, t.Elem, depth+1)
		}
		return m
	case *types.Optional:
		if depth > 2 || r.IntN(3) == 0 {
			return nil
		}
		return sample(r, t.Elem, depth+1)
	case *types.Struct:
		return sampleStruct(r, t, depth)
	case *types.Union:
		m := t.Members[r.IntN(len(t.Members))]
		s := sampleStruct(r, m, depth)
		s["type"] = m.Name
		return s
	}
	return sampleBasic(r, t.(*types.Basic))
}

func sampleList(r *rand.Rand, t *types.List, depth int) any {
	list := []any{}
	for range r.IntN(5) / (depth + 1) {
		list = append(list, sample(r, t.Elem, depth+1))
	}
	return list
}

func sampleStruct(r *rand.Rand, t *types.Struct, depth int) map[string]any {
	s := map[string]any{}
	for _, f := range t.Fields {
		if _, optional := f.Type.(*types.Optional); (optional || f.HasDefault) && r.IntN(2) == 0 {
			continue
		}
		if f.Rest {
			for k, v := range sample(r, f.Type, depth+1).(map[string]any) {
				s[k] = v
			}
			continue
		}
		s[f.Key()] = sample(r, f.Type, depth+1)
	}
	return s
}

func sampleKey(r *rand.Rand, t types.Type) string {
	if e, ok := t.(*types.Enum); ok {
		return e.Members[r.IntN(len(e.Members))]
	}
	if types.Is(t, types.Bool) {
		return fmt.Sprint(r.IntN(2) == 0)
	}
	return fmt.Sprint(r.IntN(20))
}

func sampleBasic(r *rand.Rand, t *types.Basic) any {
	switch {
	case types.IsInteger(t):
		return r.IntN(12)
	case types.IsFloat(t):
		return []float64{0, 0.25, 0.5, 0.75, 1, 1, 0.5, 2.5}[r.IntN(8)]
	case t.Kind == types.Bool:
		return r.IntN(2) == 0
	case t.Kind == types.Time:
		return time.Unix(int64(r.IntN(1e9)), 0).UTC().Format(time.RFC3339)
	case t.Kind == types.Duration:
		return fmt.Sprintf("%dms", r.IntN(5))
	case t.Kind == types.Any:
		return []any{nil, 3.5, "text", []any{1.0, "two"}, map[string]any{"k": true}}[r.IntN(5)]
	}
	return []string{"", "7", "abc", "ünï", "a b,c"}[r.IntN(5)]
}

func encode(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return text
}
