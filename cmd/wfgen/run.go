package main

import (
	"cmp"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/wfgen/wfgen/compiler"
	"github.com/wfgen/wfgen/internal/execute"
	"github.com/wfgen/wfgen/internal/files"
	"github.com/wfgen/wfgen/internal/journals"
	"github.com/wfgen/wfgen/internal/models"
	"github.com/wfgen/wfgen/internal/progress"
	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/runtime/control"
	"github.com/wfgen/wfgen/runtime/foreign"
	"github.com/wfgen/wfgen/runtime/memory"
)

type runCmd struct {
	Input     string   `name:"input" placeholder:"FILE|-|JSON" help:"The parameters by name: a file, - for standard input, or a JSON object."`
	Events    string   `name:"events" placeholder:"FILE|-" help:"Write the events of the execution to a file, as JSON lines; - for standard output, where the last one has the result in its place."`
	Mock      string   `name:"mock" placeholder:"FILE|JSON" help:"What the tools give, by tool or step: a file or a JSON object. No Go code has to exist then."`
	Tools     string   `name:"tools" placeholder:"NAME" help:"The exported function that makes the tools, where there are several."`
	Model     []string `name:"model" placeholder:"NAME=PROVIDER:MODEL" sep:"none" help:"Which model a name in the source means, in place of what wfgen.toml or the environment say; repeatable."`
	Interpret bool     `name:"interpret" help:"Interpret the workflow in place of building it: no Go toolchain is needed, and the tools come from -mock alone."`
	Journal   string   `name:"journal" placeholder:"FILE|none" help:"The file that the execution is recorded in, so that it goes on when it is interrupted: made where there is none, and by default one of the package's in the user's state directory, or none with mocks."`
	ID        string   `name:"id" placeholder:"ID" help:"The execution's id: the one that the journal has of that id goes on, or gives its result."`
	Path      string   `arg:"" name:"path" help:"The package's directory, or one of its .wf files."`
	Workflow  string   `arg:"" optional:"" name:"workflow" help:"The workflow; it may be left out where there is one."`

	unreachable bool // the journal is in memory, where no other command finds it
}

// Run runs the workflow.
func (c *runCmd) Run(s *streams) error {
	p, err := compiler.Load(c.Path)
	if err != nil {
		return err
	}
	if err := show(s, []*compiler.Package{p}); err != nil {
		return err
	}
	o := execute.Options{Workflow: c.Workflow, Tools: c.Tools, Stderr: s.err}
	if o.Input, err = content(c.Input, s.in); err != nil {
		return fmt.Errorf("-input: %w", err)
	}
	if o.Mock, err = content(c.Mock, nil); err != nil {
		return fmt.Errorf("-mock: %w", err)
	}
	if c.Mock != "" && c.Tools != "" {
		return errors.New("-mock and -tools exclude each other: either mocks stand in for the tools or the tools are called")
	}
	if c.Interpret && c.Tools != "" {
		return errors.New("-interpret and -tools exclude each other: an interpreted workflow calls no Go code")
	}
	if o.Models, err = models.Load(p.Abs(), c.Model); err != nil {
		return err
	}
	if err := c.durable(s, p, &o); err != nil {
		return err
	}
	if in, ok := s.in.(*os.File); ok && c.Input != "-" {
		o.Stdin = in
	}
	switch c.Events {
	case "-":
		o.Events = s.out
		fallthrough
	case "":
		return c.execute(s, p, o)
	}
	file, err := files.Rewrite(c.Events, 0o666)
	if err != nil {
		return fmt.Errorf("-events: %w", err)
	}
	o.Events = file
	err = c.execute(s, p, o)
	return errors.Join(err, file.Close())
}

// execute runs the workflow with its progress on the terminal, where there is one.
func (c *runCmd) execute(s *streams, p *compiler.Package, o execute.Options) error {
	var live *progress.Live
	if s.terminal != nil {
		w, err := execute.Choose(p, c.Workflow)
		if err != nil {
			return err
		}
		lo := progress.Options{Size: s.size, Color: s.color, Workflow: w}
		if !c.Interpret {
			lo.Before = "Go builds it"
		}
		if o.Journal != nil {
			lo.Approve = func(step, role string) []string { return c.approval(o.ID, step, role) }
			lo.Signal = func(e *plan.Event) []string {
				for _, own := range p.Program().Events {
					if own.Type == e.Type {
						return c.signal(e)
					}
				}
				return nil // it is another package's
			}
		}
		live = progress.New(s.terminal, lo)
		o.Stderr, o.Observe, o.Recorded = live, live.Observe, live.Recorded
		if s.shown && o.Events == s.out {
			o.Events = live // the two would be drawn over each other
		}
	}
	run := execute.Run
	if c.Interpret {
		run = execute.Interpret
	}
	outcome, err := run(p, o)
	if live != nil {
		err = errors.Join(err, live.Close())
	}
	switch {
	case err != nil:
		return err
	case outcome.Suspended != "":
		s.say("%s", c.suspended(foreign.Line(outcome.Suspended)))
		return exit{outcome.Code}
	case outcome.Failure != "":
		s.say("%s", outcome.Failure)
		if live == nil && len(outcome.Undone) > 0 { // else the tree shows them
			s.say("undone: %s", listed(outcome.Undone))
		}
		return exit{outcome.Code}
	case outcome.Result != "" && c.Events != "-":
		_, err = fmt.Fprintf(s.out, "%s\n", foreign.JSON([]byte(outcome.Result)))
	}
	return err
}

// durable has the workflow run on a journal, where it is to.
func (c *runCmd) durable(s *streams, p *compiler.Package, o *execute.Options) error {
	switch o.ID = cmp.Or(c.ID, rand.Text()); {
	case c.Journal == "none" || c.Journal == "" && c.Mock != "":
		if o.ID = c.ID; c.ID != "" {
			return errors.New("-id is of an execution in a journal: say with -journal in which file")
		}
	case c.Journal != "":
		o.Journal = func() (execute.Journal, error) { return c.lent(s, journals.Open) }
	default:
		o.Journal = func() (execute.Journal, error) {
			j, err := c.lent(s, func(string) (*journals.Journal, error) { return journals.OpenFor(p.Abs(), c.ID) })
			if none := new(journals.NoStateError); errors.As(err, &none) && c.ID == "" {
				s.say("wfgen: the execution is recorded in memory alone: %v", err)
				c.unreachable = true
				return execute.Journal{Journal: memory.New()}, nil
			}
			return j, err
		}
	}
	return nil
}

// lent opens a journal for a workflow to be run on. What is unfinished there is told: it
// may go on, too.
func (c *runCmd) lent(s *streams, open func(path string) (*journals.Journal, error)) (execute.Journal, error) {
	j, err := open(c.Journal)
	if owned := new(journals.OwnedError); errors.As(err, &owned) {
		return execute.Journal{}, fmt.Errorf("journal %s is in use by process %s: wait for its end, or name another file with -journal; wfgen runs looks into it meanwhile", owned.Path, owned.Process)
	}
	if err != nil {
		return execute.Journal{}, err
	}
	others, err := j.Running(c.ID)
	if err != nil {
		return execute.Journal{}, errors.Join(err, j.Close())
	}
	if len(others) > 0 {
		s.say("wfgen: unfinished in %s, and going on too where this package has the workflow: %s", j.Path, listed(others))
	}
	return execute.Journal{Journal: j, Socket: control.Socket(j.Path)}, nil
}

// listed names the first of several executions or steps.
func listed(ids []string) string {
	const most = 5
	text := foreign.Line(strings.Join(ids[:min(len(ids), most)], ", "))
	if len(ids) > most {
		text += ", …"
	}
	return text
}

// approval is the command that answers the approval of a step.
func (c *runCmd) approval(id, step, role string) []string {
	if c.unreachable {
		return nil
	}
	words := []string{"wfgen", "runs", "approve"}
	if c.Journal != "" {
		words = append(words, "-journal", quoted(c.Journal))
	}
	words = append(words, "-by", "YOU")
	if role != "" {
		words = append(words, "-as", quoted(role))
	}
	return append(words, quoted(id), quoted(step))
}

// signal is the command that sends an event, with … for each value.
func (c *runCmd) signal(e *plan.Event) []string {
	if c.unreachable {
		return nil
	}
	words := []string{"wfgen", "runs", "signal"}
	if c.Journal != "" {
		words = append(words, "-journal", quoted(c.Journal))
	}
	var fields []string
	for _, f := range e.Type.Fields {
		fields = append(fields, fmt.Sprintf("%q: …", f.Key()))
	}
	return append(words, quoted(c.Path), e.Name, quoted("{"+strings.Join(fields, ", ")+"}"))
}

// suspended says how an execution goes on.
func (c *runCmd) suspended(id string) string {
	on := ""
	if c.Journal != "" {
		on = " -journal " + c.Journal
	}
	return fmt.Sprintf("execution %[1]s is suspended: it goes on at the next wfgen run%[2]s of this package, and with -id %[1]s and the same input that gives its result", id, on)
}

// content gives the text that an argument means: a JSON object is itself, - is
// what stdin holds where there is one, anything else is a file's name. It is nil
// without an argument.
func content(arg string, stdin io.Reader) ([]byte, error) {
	switch {
	case arg == "":
		return nil, nil
	case strings.HasPrefix(strings.TrimSpace(arg), "{"):
		return []byte(arg), nil
	case arg == "-" && stdin != nil:
		return io.ReadAll(stdin)
	}
	return os.ReadFile(arg)
}
