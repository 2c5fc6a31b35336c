package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/wfgen/wfgen/compat"
	"github.com/wfgen/wfgen/compiler"
	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/internal/revision"
)

type compatCmd struct {
	JSON    bool          `name:"json" help:"Print a JSON line for each step, or execution."`
	Journal string        `name:"journal" placeholder:"FILE" help:"In place of OLD: say of each unfinished execution in the journal whether it can go on under NEW, by default the current directory."`
	Timeout time.Duration `name:"timeout" default:"1m" placeholder:"D" help:"With -journal: how long the package's Go may take when it is asked, and twice that in vain; what it doesn't say by then depends on data."`
	Old     string        `arg:"" optional:"" name:"old" help:"What executions were started under: a directory, a .wf file, a git revision, or REVISION:PATH. Without NEW: the directory whose wf.plan.json is compared with its source."`
	New     string        `arg:"" optional:"" name:"new" help:"What they are to go on under, given in the same way."`
}

// Run says where executions can go on, and fails where one can't.
func (c *compatCmd) Run(s *streams) error {
	switch {
	case c.Journal != "":
		return c.ofJournal(s)
	case c.New == "":
		return c.committed(s)
	}
	from, to := sourceOf(c.Old), sourceOf(c.New)
	from.beside(to)
	to.beside(from)
	defer from.close()
	defer to.close()
	old, err := from.load(s, to)
	if err != nil {
		return err
	}
	now, err := to.load(s, from)
	if err != nil {
		return err
	}
	return c.show(s, asked(old, compat.Compare(compatSource(old), compatSource(now))))
}

// committed compares a package with its own plan file.
func (c *compatCmd) committed(s *streams) error {
	path := cmp.Or(c.Old, ".")
	if _, err := os.Stat(path); err != nil {
		return errors.New(`expected "<old> <new>", a directory with a ` + compiler.PlanFile + `, or -journal FILE and "<new>"` + "\nwfgen help compat says how it is used")
	}
	packages, err := load(s, []string{path})
	if err != nil {
		return err
	}
	switch plan, err := packages[0].Committed(); {
	case err != nil:
		return err
	case plan == nil:
		return fmt.Errorf("there is no %s in %s: make an empty one, and wfgen compile writes it; or say what to compare with, as in wfgen compat REVISION %s",
			compiler.PlanFile, packages[0].Dir, path)
	case plan.Foreign:
		return fmt.Errorf("%s: %w", plan.Path, compat.ErrForm)
	default:
		return c.show(s, plan.Reports)
	}
}

// show prints the reports, and fails where an answer is no.
func (c *compatCmd) show(s *streams, reports []compat.Report) error {
	show := compatTable
	if c.JSON {
		show = compatLines
	}
	if err := show(s, reports); err != nil {
		return err
	}
	for _, r := range reports {
		if r.Verdict == compat.No {
			return exit{exitFailed}
		}
	}
	return nil
}

func compatSource(p *compiler.Package) compat.Source {
	return compat.Source{Program: p.Plan(), Go: p.GoText}
}

// asked are the reports of the workflows that were asked for.
func asked(p *compiler.Package, reports []compat.Report) (out []compat.Report) {
	wanted := map[string]bool{}
	for _, w := range p.Workflows(p.Plan()) {
		wanted[w.Name] = true
	}
	for _, r := range reports {
		if wanted[r.Workflow] {
			out = append(out, r)
		}
	}
	return out
}

// A source is one of the two that are compared.
type source struct {
	arg      string
	path     string // empty where it is the other one's
	revision string // empty for the files as they are
	fromTop  bool   // the path begins at the top of the repository
	tree     *revision.Tree
}

// sourceOf reads an argument: what exists is a path.
func sourceOf(arg string) *source {
	if _, err := os.Stat(arg); err == nil {
		return &source{arg: arg, path: arg}
	}
	name, path, ok := strings.Cut(arg, ":")
	switch {
	case !ok && strings.HasSuffix(arg, ".wf"):
		return &source{arg: arg, path: arg} // which doesn't exist, and says so
	case !ok:
		return &source{arg: arg, revision: arg}
	}
	return &source{arg: arg, path: path, revision: name, fromTop: path != "" && !strings.HasPrefix(path, ".")}
}

// beside settles the path of a revision that has none: that of the other source where
// it is one of files as they are, else the current directory.
func (f *source) beside(other *source) {
	switch {
	case f.path != "":
	case other.revision == "":
		f.path = other.path
	default:
		f.path = "."
	}
}

// load gives the package of a source, and shows what is wrong with it.
func (f *source) load(s *streams, other *source) (*compiler.Package, error) {
	if f.revision != "" {
		return f.loadRevision(s)
	}
	var without map[string][]byte
	if other.revision == "" && isFile(f.path) && isFile(other.path) && filepath.Clean(other.path) != filepath.Clean(f.path) {
		without = map[string][]byte{other.path: nil} // of two editions in one directory each is one
	}
	p, err := new(compiler.Workspace).Snapshot(without).Package(context.Background(), f.path)
	if err != nil {
		return nil, err
	}
	return p, show(s, []*compiler.Package{p})
}

func isFile(path string) bool { return filepath.Ext(path) == ".wf" }

// loadRevision gives the package of a source at its revision.
func (f *source) loadRevision(s *streams) (*compiler.Package, error) {
	dir := "."
	if !f.fromTop {
		dir = dirOf(f.path)
	}
	tree, err := revision.Open(dir, f.revision)
	if err != nil {
		return nil, fmt.Errorf("%s is no file or directory, and can't be read as a git revision: %w", f.arg, err)
	}
	f.tree = tree
	path := filepath.Join(tree.Dir, filepath.FromSlash(f.path))
	if !f.fromTop {
		if path, err = tree.Path(f.path); err != nil {
			return nil, err
		}
	}
	p, err := compiler.Load(path)
	if err != nil {
		return nil, fmt.Errorf("%s", f.shown(err.Error()))
	}
	var problems bytes.Buffer
	if err := diag.Render(&problems, p.WithoutTests(), s.color); err != nil {
		return nil, err
	}
	fmt.Fprint(s.err, f.shown(problems.String()))
	return p, usable([]*compiler.Package{p})
}

// close removes the files of a revision.
func (f *source) close() {
	if f.tree != nil {
		f.tree.Remove()
	}
}

// shown is a text in which the files of a revision go by its name.
func (f *source) shown(text string) string {
	return strings.NewReplacer(f.tree.Dir+string(filepath.Separator), f.revision+":", f.tree.Dir, f.revision+":.").Replace(text)
}

// dirOf is the nearest directory that is there.
func dirOf(path string) string {
	for dir := path; ; dir = filepath.Dir(dir) {
		if info, err := os.Stat(dir); err == nil && info.IsDir() || dir == filepath.Dir(dir) {
			return dir
		}
	}
}
