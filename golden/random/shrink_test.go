package random

import (
	"cmp"
	"iter"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/parser"
)

// patience bounds the shrinking of a program. One that is compiled takes about a minute
// of processor time.
const patience = 3 * time.Minute

// shrink makes a program smaller while it still fails: it leaves out statements and
// clauses, and replaces blocks and expressions by parts of them. failing is given so many
// programs at a time, and tells which of them fail. What all programs have in common
// stays.
func shrink(source string, atOnce int, failing func([]string) []bool) string {
	until := time.Now().Add(patience)
	for time.Now().Before(until) {
		least := source
		for edits := range batches(smaller(source), atOnce) {
			if good := thatFail(source, edits, failing); len(good) > 0 {
				least = combined(source, good, failing)
				break
			}
			if time.Now().After(until) {
				break
			}
		}
		if least == source {
			break
		}
		source = least
	}
	return source
}

// thatFail are the edits after each of which, alone, a program fails.
func thatFail(source string, edits []edit, failing func([]string) []bool) (good []edit) {
	var sources []string
	for _, e := range edits {
		sources = append(sources, edited(source, e))
	}
	for i, fails := range failing(sources) {
		if fails {
			good = append(good, edits[i])
		}
	}
	return good
}

// combined makes as many as it can of edits of which each alone can be made: all that
// don't touch each other, or half of them, and so on.
func combined(source string, edits []edit, failing func([]string) []bool) string {
	var apart []edit
	for _, e := range edits {
		if !slices.ContainsFunc(apart, e.touches) {
			apart = append(apart, e)
		}
	}
	var sources []string
	for n := len(apart); n > 1; n /= 2 {
		s := edited(source, apart[:n]...)
		if _, err := read("", s); err == nil {
			sources = append(sources, s)
		}
	}
	if len(sources) > 0 {
		if i := slices.Index(failing(sources), true); i >= 0 {
			return sources[i]
		}
	}
	return edited(source, apart[0])
}

// batches gives what seq gives, so many at a time.
func batches[T any](seq iter.Seq[T], size int) iter.Seq[[]T] {
	return func(yield func([]T) bool) {
		var some []T
		for v := range seq {
			if some = append(some, v); len(some) == size {
				if !yield(some) {
					return
				}
				some = nil
			}
		}
		if len(some) > 0 {
			yield(some)
		}
	}
}

var emptyLines = regexp.MustCompile(`\n\s*\n`)

// An edit replaces a part of a source.
type edit struct {
	dsl.Span
	by string
}

func (e edit) touches(f edit) bool { return e.Start <= f.End && f.Start <= e.End }

// edited is a source after edits that don't touch each other.
func edited(source string, edits ...edit) string {
	fromEnd := func(a, b edit) int { return cmp.Compare(b.Start, a.Start) }
	for _, e := range slices.SortedFunc(slices.Values(edits), fromEnd) {
		source = source[:e.Start] + e.by + source[e.End:]
	}
	return head + emptyLines.ReplaceAllString(source[len(head):], "\n")
}

// smaller gives the edits after which a source is smaller and a sound program, the
// largest first.
func smaller(source string) iter.Seq[edit] {
	file, _ := parser.Parse("p.wf", []byte(source))
	var edits []edit
	for _, d := range file.Decls {
		if d.Place().Start < len(head) {
			continue
		}
		edits = append(edits, edit{d.Place(), ""}) // where nothing calls it
		w, ok := d.(*dsl.WorkflowDecl)
		if !ok {
			continue
		}
		blocks := []*dsl.Block{w.Body}
		if w.Finally != nil {
			edits = append(edits, edit{dsl.Span{Start: w.Body.Place().End, End: w.Finally.Place().End}, ""})
			blocks = append(blocks, w.Finally)
		}
		for _, b := range blocks {
			dsl.Inspect(b, func(n dsl.Node) bool {
				edits = append(edits, editsOf(source, n)...)
				return true
			})
		}
	}
	slices.SortStableFunc(edits, func(a, b edit) int { return cmp.Compare(b.gain(), a.gain()) })
	return func(yield func(edit) bool) {
		seen := map[string]bool{}
		for _, e := range edits {
			s := edited(source, e)
			if e.gain() < 0 || e.gain() == 0 && !e.surer(source) || seen[s] {
				continue
			}
			seen[s] = true
			p, err := read("", s)
			if err != nil || !slices.ContainsFunc(p.plan.Workflows, isMain) {
				continue
			}
			if !yield(e) {
				return
			}
		}
	}
}

func (e edit) gain() int { return e.End - e.Start - len(e.by) }

// unsure are tools and workflows that may fail.
var unsure = regexp.MustCompile(`\b(F|V|D|Z|Deep|Again|Nested)\(`)

// surer tells whether an edit takes away what may fail, so that what copes with that can go.
func (e edit) surer(source string) bool {
	return len(unsure.FindAllString(e.by, -1)) < len(unsure.FindAllString(source[e.Start:e.End], -1))
}

// editsOf are what may make a node smaller, or no larger and surer.
func editsOf(source string, n dsl.Node) (edits []edit) {
	replace := func(by ...string) {
		for _, text := range by {
			edits = append(edits, edit{n.Place(), text})
		}
	}
	switch n := n.(type) {
	case *dsl.Block:
		for size := len(n.Stmts); size > 0; size /= 2 {
			for i := 0; i+size <= len(n.Stmts); i += size {
				edits = append(edits, edit{placeOf(n.Stmts[i : i+size]), ""})
			}
		}
	case dsl.Clause:
		replace("")
	case dsl.Stmt:
		replace(parts(source, n)...)
	case dsl.Expr:
		replace("0", "1", "true", "[]")
		if unsure.MatchString(source[n.Place().Start:n.Place().End]) {
			replace("W(0)", "W(1)")
		}
		replace(parts(source, n)...)
	}
	return edits
}

// each tells of each program whether something is so.
func each[P any](programs []P, is func(P) bool) (all []bool) {
	for _, p := range programs {
		all = append(all, is(p))
	}
	return all
}

// placeOf is where statements stand that follow each other.
func placeOf(list []dsl.Stmt) dsl.Span { return list[0].Place().To(list[len(list)-1].Place()) }

// parts are the blocks and expressions right within a node; blocks without their braces,
// and also without the value at their end.
func parts(source string, n dsl.Node) (texts []string) {
	text := func(s dsl.Span) string { return source[s.Start:s.End] }
	dsl.Inspect(n, func(inner dsl.Node) bool {
		if inner == n {
			return true
		}
		switch inner := inner.(type) {
		case *dsl.Block:
			if k := len(inner.Stmts); k > 0 {
				texts = append(texts, text(placeOf(inner.Stmts)))
			}
			if k := len(inner.Stmts); k > 1 {
				texts = append(texts, text(placeOf(inner.Stmts[:k-1])))
			}
			return false
		case dsl.Expr:
			texts = append(texts, text(inner.Place()))
			_, isStmt := n.(dsl.Stmt)
			return isStmt
		}
		return true
	})
	return texts
}

// TestShrink: of a program that fails because it has a step W within a loop, that is what
// is left.
func TestShrink(t *testing.T) {
	looped := func(source string) (found bool) {
		file, _ := parser.Parse("p.wf", []byte(source))
		for _, d := range file.Decls {
			if w, ok := d.(*dsl.WorkflowDecl); ok && w.Name.Name == "Main" {
				dsl.Inspect(w.Body, func(n dsl.Node) bool {
					loop, ok := n.(*dsl.ForExpr)
					if ok {
						dsl.Inspect(loop.Body, func(n dsl.Node) bool {
							call, ok := n.(*dsl.CallExpr)
							found = found || ok && call.Fun.Name == "W"
							return true
						})
					}
					return true
				})
			}
		}
		return found
	}
	shrunk := 0
	for n := range uint64(20) {
		source := Program(n)
		if !looped(source) {
			continue
		}
		for _, atOnce := range []int{1, shrunkTogether} {
			least := shrink(source, atOnce, func(sources []string) []bool { return each(sources, looped) })
			if lines := strings.Count(strings.TrimPrefix(least, head), "\n"); lines > 8 || !looped(least) {
				t.Errorf("program %d: %d lines are left:\n%s", n, lines, strings.TrimPrefix(least, head))
			}
		}
		shrunk++
	}
	if shrunk == 0 {
		t.Error("no program has a step W within a loop")
	}
}
