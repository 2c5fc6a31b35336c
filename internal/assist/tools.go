package assist

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/wfgen/wfgen/runtime/journal"
)

func (o *Options) addTools(s *mcp.Server) {
	reads := &mcp.ToolAnnotations{ReadOnlyHint: true, IdempotentHint: true, OpenWorldHint: new(bool)}
	add(s, &mcp.Tool{Name: "check", Description: "Check a package of .wf files, or the text of one, and say what is wrong with it, at which place, and how to mend it.", Annotations: reads}, o.check)
	add(s, &mcp.Tool{Name: "format", Description: "Give the text of a .wf file in the one style; or say how the files at a path differ from it.", Annotations: reads}, o.format)
	add(s, &mcp.Tool{Name: "plan", Description: "Show what the compiler settled: which step waits for which, what runs side by side, each step's id and effect.", Annotations: reads}, o.plan)
	add(s, &mcp.Tool{Name: "explain", Description: "Explain the code of a diagnostic, as WF020, with examples; without a code list them all.", Annotations: reads}, o.explain)
	add(s, &mcp.Tool{Name: "test", Description: "Run the tests that stand in .wf files, with their mocks; with crash also from every point at which a process may end.", Annotations: reads}, o.test)
	add(s, &mcp.Tool{Name: "compat", Description: "Say where executions that were started under one source can go on under another.", Annotations: reads}, o.compat)
	add(s, &mcp.Tool{Name: "list", Description: "List workflows, tools and types with their signatures.", Annotations: reads}, o.list)
	add(s, &mcp.Tool{Name: "templates", Description: "List the packages that people begin with, by their workflows' signatures. The resource wfgen://templates/NAME has one.", Annotations: reads}, o.templates)
	add(s, &mcp.Tool{Name: "runs", Description: "List durable executions, or show one with its steps.", Annotations: reads}, o.runs)
	if o.Run {
		add(s, &mcp.Tool{Name: "run", Description: "Run a workflow, with its tools or with mocks, and give its result. This calls the package's tools, with all that they do.", Annotations: &mcp.ToolAnnotations{OpenWorldHint: new(true), DestructiveHint: new(true)}}, o.run)
	}
}

// add adds a tool that gives a text. An error is told to the assistant as the tool's.
func add[In any](s *mcp.Server, t *mcp.Tool, do func(context.Context, In) (text string, ok bool, err error)) {
	mcp.AddTool(s, t, func(ctx context.Context, _ *mcp.CallToolRequest, in In) (*mcp.CallToolResult, any, error) {
		text, ok, err := do(ctx, in)
		if err != nil {
			return nil, nil, err
		}
		return &mcp.CallToolResult{Content: []mcp.Content{&mcp.TextContent{Text: text}}, IsError: !ok}, nil, nil
	})
}

type checkIn struct{ where }

// check says what is wrong: that it was found is no failure of the tool.
func (o *Options) check(ctx context.Context, in checkIn) (string, bool, error) {
	at, done, err := o.place(in.where)
	defer done()
	if err != nil {
		return "", false, err
	}
	text, ok, err := o.verb(ctx, "", "check", at)
	if ok && text == "" {
		text = "nothing is wrong\n"
	}
	return tidy(text, at), true, err
}

type formatIn struct{ where }

func (o *Options) format(ctx context.Context, in formatIn) (string, bool, error) {
	if in.Source != "" && in.Path == "" {
		return o.verb(ctx, in.Source, "fmt")
	}
	at, _, err := o.place(in.where)
	if err != nil {
		return "", false, err
	}
	text, ok, err := o.verb(ctx, "", "fmt", "-d", at)
	if ok && text == "" {
		text = "all is in the style\n"
	}
	return text, ok, err
}

type planIn struct {
	where
	Workflow string `json:"workflow,omitempty" jsonschema:"show this workflow alone"`
	Format   string `json:"format,omitempty" jsonschema:"text, json, mermaid, dot or svg; the default is text"`
}

func (o *Options) plan(ctx context.Context, in planIn) (string, bool, error) {
	if err := errors.Join(named("name of a workflow", in.Workflow, plainName), named("format", in.Format, plainName)); err != nil {
		return "", false, err
	}
	at, done, err := o.place(in.where)
	defer done()
	if err != nil {
		return "", false, err
	}
	args := []string{"graph"}
	if in.Format != "" {
		args = append(args, "-format="+in.Format)
	}
	args = append(args, at)
	if in.Workflow != "" {
		if _, err := os.Lstat(filepath.Join(o.Root, in.Workflow)); err == nil { // the verb would take it for a path
			return "", false, fmt.Errorf("%s is a file or directory: a workflow can't be asked for by its name", in.Workflow)
		}
		args = append(args, in.Workflow)
	}
	text, ok, err := o.verb(ctx, "", args...)
	return tidy(text, at), ok, err
}

type explainIn struct {
	Code string `json:"code,omitempty" jsonschema:"the code of a diagnostic, as WF020"`
}

func (o *Options) explain(ctx context.Context, in explainIn) (string, bool, error) {
	if err := named("code", in.Code, plainID); err != nil {
		return "", false, err
	}
	return o.verb(ctx, "", slices.DeleteFunc([]string{"explain", in.Code}, func(s string) bool { return s == "" })...)
}

type testIn struct {
	where
	Run   string `json:"run,omitempty" jsonschema:"run only the tests whose names match this regular expression"`
	Crash bool   `json:"crash,omitempty" jsonschema:"run each test once more from every point at which a process may end"`
}

func (o *Options) test(ctx context.Context, in testIn) (string, bool, error) {
	at, done, err := o.place(in.where)
	defer done()
	if err != nil {
		return "", false, err
	}
	if !o.Run {
		switch names, err := o.NamesGo(at); {
		case err != nil:
			return "", false, errors.New(tidy(err.Error(), at))
		case names:
			return "", false, fmt.Errorf("the package names Go, which its tests would run: the server was started without -allow run")
		}
	}
	args := []string{"test", "-v"}
	if in.Crash {
		args = append(args, "-crash")
	}
	if in.Run != "" {
		args = append(args, "-run="+in.Run)
	}
	text, _, err := o.verb(ctx, "", append(args, at)...)
	return tidy(text, at), true, err
}

type compatIn struct {
	Old string `json:"old,omitempty" jsonschema:"what executions were started under: a path, or a git revision, at which the new path is read too; the default is the wf.plan.json beside the source"`
	New string `json:"new,omitempty" jsonschema:"what they are to go on under: a path; the default is the directory that is served"`
}

func (o *Options) compat(ctx context.Context, in compatIn) (string, bool, error) {
	at, err := o.within(in.New)
	if err != nil {
		return "", false, err
	}
	if in.Old == "" {
		text, _, err := o.verb(ctx, "", "compat", at)
		return text, true, err
	}
	old, err := o.old(in.Old)
	if err != nil {
		return "", false, err
	}
	text, _, err := o.verb(ctx, "", "compat", old, at)
	return text, true, err
}

// old is what executions were started under: a path within the directory that is served, or
// else a revision. What is there as a file has to be a path, since the verb takes it for one.
func (o *Options) old(name string) (string, error) {
	at, err := o.within(name)
	if err == nil {
		return at, nil
	}
	if _, there := os.Lstat(filepath.Join(o.Root, name)); there == nil || !revision.MatchString(name) {
		return "", fmt.Errorf("%w, and it is no revision either", err)
	}
	return name, nil
}

type listIn struct{ where }

func (o *Options) list(ctx context.Context, in listIn) (string, bool, error) {
	at, done, err := o.place(in.where)
	defer done()
	if err != nil {
		return "", false, err
	}
	text, ok, err := o.verb(ctx, "", "list", at)
	return tidy(text, at), ok, err
}

type templatesIn struct{}

func (o *Options) templates(ctx context.Context, _ templatesIn) (string, bool, error) {
	return o.verb(ctx, "", "init", "-template=list", "-json")
}

type runsIn struct {
	ID       string `json:"id,omitempty" jsonschema:"show this execution, with its steps; without it executions are listed"`
	Workflow string `json:"workflow,omitempty" jsonschema:"list only those of a workflow"`
	Status   string `json:"status,omitempty" jsonschema:"list only those that are running, waiting, queued, paused, held, succeeded, failed or cancelled; several with commas"`
}

func (o *Options) runs(ctx context.Context, in runsIn) (string, bool, error) {
	if err := errors.Join(named("id", in.ID, plainID), named("name of a workflow", in.Workflow, plainName)); err != nil {
		return "", false, err
	}
	if in.ID != "" {
		return o.verb(ctx, "", "runs", "show", in.ID)
	}
	args := []string{"runs", "list"}
	if in.Workflow != "" {
		args = append(args, "-workflow="+in.Workflow)
	}
	if in.Status != "" {
		for status := range strings.SplitSeq(in.Status, ",") {
			if statuses := journal.Statuses(); !slices.Contains(statuses, journal.Status(status)) {
				return "", false, fmt.Errorf("%q is no status: these are %q", status, statuses)
			}
		}
		args = append(args, "-status="+in.Status)
	}
	return o.verb(ctx, "", args...)
}

type runIn struct {
	Path     string         `json:"path" jsonschema:"the package's directory, or one of its .wf files"`
	Workflow string         `json:"workflow,omitempty" jsonschema:"the workflow; it may be left out where there is one"`
	Input    map[string]any `json:"input,omitempty" jsonschema:"the parameters by name"`
	Mock     map[string]any `json:"mock,omitempty" jsonschema:"what the tools give, by tool or step, in the place of their Go"`
	ID       string         `json:"id,omitempty" jsonschema:"the execution's id: one that the journal has goes on, or gives its result"`
}

func (o *Options) run(ctx context.Context, in runIn) (string, bool, error) {
	at, err := o.within(in.Path)
	if err := errors.Join(err, named("name of a workflow", in.Workflow, plainName), named("id", in.ID, plainID)); err != nil {
		return "", false, err
	}
	input, err := json.Marshal(in.Input)
	if err != nil {
		return "", false, err
	}
	args := []string{"run", at}
	if in.Workflow != "" {
		args = append(args, in.Workflow)
	}
	stdin := ""
	if in.Input != nil {
		args, stdin = append(args, "-input=-"), string(input) // it may be longer than an argument
	}
	if in.Mock != nil {
		mock, err := json.Marshal(in.Mock)
		if err != nil {
			return "", false, err
		}
		args = append(args, "-mock="+string(mock))
	}
	if in.ID != "" {
		args = append(args, "-id="+in.ID)
	}
	return o.verb(ctx, stdin, args...)
}
