package compat

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/wfgen/wfgen/plan"
)

// Fingerprints gives the fingerprint of each workflow of a program: 16 hexadecimal
// digits, the same where what is recorded of an execution means the same. Comments,
// layout, the order of lines that don't wait for each other, the pauses of retries, and
// the length of timeouts don't count.
func Fingerprints(p *plan.Program) map[*plan.Workflow]string {
	d := newDescriber(Source{Program: p})
	out := map[*plan.Workflow]string{}
	for _, w := range p.Workflows {
		out[w] = d.outline(w).fingerprint
	}
	return out
}

// hash is the first 16 hexadecimal digits of the SHA-256 of a text.
func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:8])
}

func (d *describer) fingerprint(e *outline) string {
	var b strings.Builder
	fmt.Fprintf(&b, "workflow %s version %d params%s limited %t\n", e.name, e.version, e.params, e.limited)
	touched := maps.Clone(e.touches)
	e.body.write(&b, touched)
	for _, key := range d.decls.closure(touched) {
		fmt.Fprintf(&b, "%s: %s\n", key, whole(d.decls[key].text))
	}
	return hash(b.String())
}

// write writes a block's steps, sorted by id, and notes which declarations they touch.
func (b *block) write(out io.Writer, touched map[string]bool) {
	byPath := func(a, b *step) int { return strings.Compare(a.path, b.path) }
	for _, s := range slices.SortedFunc(slices.Values(b.steps), byPath) {
		fmt.Fprintf(out, "%s in %q: %s of %q gives %q fails %q, %s; inputs %q undo %q clauses %q attempts %d%s after %q\n",
			s.path, s.place, s.kind, s.callee, s.outcome, s.fails, s.effect, whole(s.inputs), whole(s.undo), s.clauses, s.attempts, s.on,
			paths(s.after))
		if s.sub != nil {
			fmt.Fprintf(out, "calls %s\n", s.sub.fingerprint)
		}
		maps.Copy(touched, s.touches)
		for _, inner := range s.blocks {
			fmt.Fprintf(out, "block %q {\n", inner.label)
			inner.write(out, touched)
			fmt.Fprintln(out, "}")
		}
	}
	fmt.Fprintf(out, "value %q\n", whole(b.value.text))
	maps.Copy(touched, b.value.touches)
}

func paths(steps []*step) []string {
	var out []string
	for _, s := range steps {
		out = append(out, s.path)
	}
	slices.Sort(out)
	return out
}

// closure are the keys of declarations and of those that they touch, sorted.
func (d declarations) closure(keys map[string]bool) []string {
	all := map[string]bool{}
	var add func(map[string]bool)
	add = func(keys map[string]bool) {
		for key := range keys {
			if !all[key] {
				all[key] = true
				add(d[key].touches)
			}
		}
	}
	add(keys)
	return slices.Sorted(maps.Keys(all))
}
