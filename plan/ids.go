package plan

import (
	"fmt"
	"strconv"

	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/runtime/stepid"
)

// A scope is where a block's steps stand: the paths from the workflow's root and
// from the nearest round of a loop or attempt at a try.
type scope struct{ path, frame string }

func (s scope) at(id string) scope { return scope{stepid.In(s.path, id), stepid.In(s.frame, id)} }

// rounds is the scope of the rounds of a loop.
func (s scope) rounds(id string) scope { return scope{path: stepid.In(s.path, id) + stepid.Rounds} }

// attempts is the scope of the attempts at a block that is tried again.
func (s scope) attempts(id string) scope { return scope{path: stepid.In(s.path, id)} }

// A naming says how the steps of the line that is being lowered are called.
type naming struct {
	// name is the line's own id, its binding's or label; empty where it has none
	// or a step already has it.
	name string
	// outermost is the step that takes the name.
	outermost dsl.Expr
	// base is the id under which other steps of the line stand; may be empty.
	base string
}

// reserve gives the lines of a block their ids, "" to those without a name. They
// go before the ids that are made from tools' names: those number on around them.
func (b *builder) reserve(stmts []dsl.Stmt) []string {
	ids := make([]string, len(stmts))
	for i, s := range stmts {
		if name := nameOfLine(s); name != "" {
			ids[i] = b.unique(name)
		}
	}
	return ids
}

func nameOfLine(s dsl.Stmt) string {
	switch s := s.(type) {
	case *dsl.LabeledStmt:
		return s.Label.Name
	case *dsl.BindStmt:
		if s.Name.Name != "_" {
			return s.Name.Name
		}
	}
	return ""
}

// unique takes an id in the block, numbered where the plain one is taken.
func (b *builder) unique(want string) string {
	id, plain := want, b.scope.at(want).path
	for b.taken[b.scope.at(id).path] > 0 {
		b.taken[plain]++
		id = fmt.Sprintf("%s#%d", want, b.taken[plain])
	}
	b.take(id)
	return id
}

func (b *builder) take(id string) {
	if path := b.scope.at(id).path; b.taken[path] == 0 {
		b.taken[path] = 1
	}
}

// nameOutermost gives the line's name to the step that is the whole of x or, where
// x holds just one that no other step holds, to that. Where there are several,
// each stands under the name.
func (b *builder) nameOutermost(x dsl.Expr) {
	if b.naming.name == "" {
		return
	}
	if all := b.outermost(x, nil); len(all) == 1 {
		b.naming.outermost = all[0]
	} else {
		b.naming.base = b.naming.name
	}
}

// own is the id of a line's own node: its name, or the word for what it is. Steps
// in the line stand under the name.
func (b *builder) own(word string) string {
	name := b.naming.name
	if name == "" {
		return b.unique(word)
	}
	b.naming = naming{base: name}
	return name
}

// stepID takes the id of a step in an expression, and those that are under it.
func (b *builder) stepID(x dsl.Expr) string {
	id := b.naming.name
	if id != "" && b.naming.outermost == x {
		b.naming.name = ""
	} else {
		id = b.unique(stepid.In(b.naming.base, word(x)))
	}
	for _, branch := range branches(x) {
		b.take(stepid.In(id, branch))
	}
	return id
}

// under lowers something with its steps' ids under base, or plain where it is "".
func (b *builder) under(base string, do func()) {
	outer := b.naming
	b.naming = naming{base: base}
	do()
	b.naming = outer
}

// word is the id of a step that has no name.
func word(x dsl.Expr) string {
	switch x := x.(type) {
	case *dsl.CallExpr:
		return x.Fun.Name
	case *dsl.IfExpr:
		return "if"
	case *dsl.MatchExpr:
		return "match"
	case *dsl.ForExpr:
		return "for"
	case *dsl.ParallelExpr:
		return "parallel"
	case *dsl.TryExpr:
		return "try"
	case *dsl.RaceExpr:
		return "race"
	case *dsl.LoopExpr:
		return "loop"
	}
	panic(fmt.Sprintf("internal error: %T is no step", x))
}

// branches are the ids that stand under a step's own.
func branches(x dsl.Expr) []string {
	switch x := x.(type) {
	case *dsl.CallExpr:
		return []string{"else", "undo"}
	case *dsl.IfExpr:
		return []string{"then", "else"}
	case *dsl.TryExpr, *dsl.LoopExpr:
		return []string{"else"}
	case *dsl.MatchExpr:
		var out []string
		for _, a := range x.Arms {
			out = append(out, patternID(a.Pattern))
		}
		return out
	}
	return nil
}

// patternID is the branch that a match's arm is: its pattern as written, strings
// Go-quoted. A list and a map of any are list and map, as brackets are of rounds.
func patternID(p dsl.Expr) string {
	switch p := p.(type) {
	case *dsl.Ident:
		return p.Name
	case *dsl.BasicLit:
		return p.Text
	case *dsl.UnaryExpr:
		return string(p.Op) + patternID(p.X)
	case *dsl.ParenExpr:
		return patternID(p.X)
	case *dsl.SelectorExpr:
		return p.Sel.Name
	case *dsl.TypePattern:
		if _, list := p.Type.(*dsl.ListType); list {
			return "list"
		}
		return "map"
	case *dsl.StringLit:
		text := ""
		for _, part := range p.Parts {
			text += part.Text
		}
		return strconv.Quote(text)
	}
	panic(fmt.Sprintf("internal error: %T is no pattern", p))
}
