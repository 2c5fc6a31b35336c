package compiler

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/wfgen/wfgen/compat"
)

// PlanFile is the file by which a package asks to be held against what it was: it has the
// baseline of the workflows as they were compiled last, and is committed with them.
const PlanFile = "wf.plan.json"

// A Committed is a package's plan file.
type Committed struct {
	Path string
	// Reports say which executions that were started under it can go on under the source;
	// there are none where the file is empty or Foreign.
	Reports []compat.Report
	// Foreign tells that another wfgen has written it, which describes workflows otherwise.
	Foreign bool

	old, now []byte
}

// Committed reads the package's plan file, once, and holds the source against it: what it
// says stays what it was when Write brings the file up to date. It is nil where there is
// none. The source must have no errors.
func (p *Package) Committed() (*Committed, error) { return p.committed() }

func (p *Package) readCommitted() (*Committed, error) {
	path := filepath.Join(p.Dir, PlanFile)
	text, err := readPlanFile(path)
	if text == nil || err != nil {
		return nil, err
	}
	now := compat.Source{Program: p.Plan(), Go: p.GoText}
	c := &Committed{Path: path, old: text, now: compat.Describe(now).Text()}
	if len(bytes.TrimSpace(text)) == 0 {
		return c, nil
	}
	old, err := compat.ReadBaseline(text)
	switch {
	case errors.Is(err, compat.ErrForm):
		c.Foreign = true
	case err != nil:
		return nil, fmt.Errorf("%s isn't as wfgen wrote it (empty it, and wfgen compile writes it anew): %w", path, err)
	default:
		c.Reports = old.Compare(now)
	}
	return c, nil
}

// maxPlanFile bounds what is read of a plan file, in bytes: a step takes some hundred.
const maxPlanFile = 64 << 20

// readPlanFile gives what is in a plan file; nil where there is none. A checkout may have
// anything under that name, a pipe that nobody writes to among it.
func readPlanFile(path string) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular() || info.Size() > maxPlanFile:
		return nil, fmt.Errorf("%s isn't a plan file: expected a file of at most %d MiB, found %s of %d bytes", path, maxPlanFile>>20, info.Mode(), info.Size())
	}
	return os.ReadFile(path)
}

// Held gives the reports of workflows of which executions can't go on, and that don't say
// so themselves by a higher version: for these the file isn't brought up to date.
func (c *Committed) Held() (held []compat.Report) {
	for _, r := range c.Reports {
		if r.Verdict == compat.No && !r.Raised {
			held = append(held, r)
		}
	}
	return held
}

// change is what brings the file up to date; nil where it is, or must stay.
func (c *Committed) change() *Change {
	if bytes.Equal(c.old, c.now) || len(c.Held()) > 0 {
		return nil
	}
	return &Change{c.Path, Replace, c.now}
}
