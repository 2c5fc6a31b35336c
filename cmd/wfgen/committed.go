package main

import (
	"cmp"
	"fmt"
	"io"

	"github.com/wfgen/wfgen/compat"
	"github.com/wfgen/wfgen/compiler"
	"github.com/wfgen/wfgen/runtime/foreign"
)

// heldBy reports, of the packages that have a plan file, which executions can't go on under
// the source. It fails where there are any.
func heldBy(out io.Writer, packages []*compiler.Package) error {
	failed := false
	for _, p := range packages {
		c, err := p.Committed()
		if err != nil {
			return err
		}
		if c == nil {
			continue
		}
		path := foreign.Line(c.Path)
		if c.Foreign {
			fmt.Fprintf(out, "%s: another wfgen has written it, and what has changed since isn't known\n", path)
		}
		held := c.Held()
		for _, r := range held {
			fmt.Fprintf(out, "%s: executions of %s\n", path, foreign.Line(cannotGoOn(r)))
		}
		if len(held) > 0 {
			failed = true
			fmt.Fprintf(out, "%s stays as it is: change the workflow back, give it a higher version, or empty the file to begin anew (wfgen compat %s says more)\n",
				path, foreign.Line(p.Dir))
		}
	}
	if failed {
		return exit{exitFailed}
	}
	return nil
}

// cannotGoOn says where executions of a workflow stand that can't go on, and why.
func cannotGoOn(r compat.Report) string {
	var at []string
	reason := ""
	for _, p := range r.Positions {
		if p.Verdict == compat.No {
			at = append(at, p.Step)
			reason = cmp.Or(reason, p.Reason)
		}
	}
	more := ""
	switch len(at) {
	case 0:
		return fmt.Sprintf("%s can't go on: %s", r.Workflow, r.Reason)
	case 1:
	case 2:
		more = ", or at 1 more step,"
	default:
		more = fmt.Sprintf(", or at %d more steps,", len(at)-1)
	}
	return fmt.Sprintf("%s that stand at %s%s can't go on: %s", r.Workflow, at[0], more, reason)
}
