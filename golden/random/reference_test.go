package random

import (
	"fmt"
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wfgen/wfgen/dsl"
)

// A reference reads a program from top to bottom, one line after the other. It is
// as simple as can be, and shares nothing with the checker, the plan and the code
// generator: it says what a program means.
type reference struct {
	log    []effect // in the order they happen
	called []string // all calls of tools, likewise
	undos  []owedCall
	vars   map[string]any // values, and failures by the name err
	// attempt is that at the tool or workflow that is called next, from 0, and timed tells
	// whether it has a timeout; again tells that what is read is in a further attempt at its
	// workflow.
	attempt int
	timed   bool
	again   bool
	// handled tells that something has stood in for what failed.
	handled bool
	// reached counts what has come up, of what is reachable.
	reached map[string]int
	// workflows are those that others call.
	workflows map[string]*dsl.WorkflowDecl
	// funcs are those below the head.
	funcs map[string]*dsl.FuncDecl
	// takenBack are the tools whose declarations say what takes their calls back.
	takenBack map[string]*dsl.ToolDecl

	// lane is where in what runs side by side the reading is, and forks counts what does.
	lane  []branch
	forks int

	undoing bool // an undo runs, whether the execution is stopped or not

	fault   fault
	calls   int
	spoilt  string // what becomes of the next undo, if it goes wrong
	stopped bool   // the execution was cancelled: no step begins, and nothing stands in
	// within counts the workflows around that have a timeout. It has passed where expired: it
	// is as stopped, up to the innermost of them.
	within  int
	expired bool
}

// An owedCall takes back a step; finally, on every way out.
type owedCall struct {
	do      func()
	finally bool
}

const (
	undoFails    = "an undo fails"
	undoRetried  = "an undo succeeds when it is tried again"
	undoneBehind = "an undo follows one that has failed"
	uncaught     = "an undo that fails keeps an else from standing in"
	inPlace      = "an early undo stands for what a sub-workflow owes"
	finallyFails = "what finally calls fails where the workflow has succeeded"
	noRound      = "a loop has no round"
	oneRound     = "a loop has one round"
	triedAgain   = "a try is tried again"
	lastFails    = "what a workflow runs last fails where it has succeeded"
	lastOfFailed = "a workflow that has failed runs something last"
)

var reachable = []string{undoFails, undoRetried, undoneBehind, uncaught, inPlace, finallyFails, noRound, oneRound, triedAgain, lastFails, lastOfFailed}

// A failure, a result, and what ends a round are panics, which end the reading of
// what they stand in.
type failure struct {
	text string
	bad  any  // the fields of the declared error; nil where it is none
	undo bool // an undo has failed, too: it isn't tried again, and nothing stands in for it
}
type result struct{ value any }
type breaking struct{ value any }
type continuing struct{ state any }

// An exit is a failure for which nothing stands in: of runtime.Goexit, or of a step
// that isn't begun.
type exit struct{}

// read runs a workflow. ok tells whether it succeeded.
func (r *reference) read(w *dsl.WorkflowDecl, args ...any) (value any, ok bool) {
	for i, p := range w.Params {
		r.vars[p.Name.Name] = args[i]
	}
	ran := false
	defer func() {
		switch p := recover().(type) {
		case nil:
		case failure, exit:
			value = nil
			r.undo(r.undos)
			if !ran {
				r.lastly(w, args, true)
			}
		default:
			panic(p)
		}
	}()
	value = r.returned(w.Body)
	r.finish()
	ran = true
	r.last(w, args)
	return value, true
}

// last reads the block that a workflow runs last where it has succeeded.
func (r *reference) last(w *dsl.WorkflowDecl, args []any) {
	if r.lastly(w, args, false) {
		r.reached[lastFails]++
		panic(failure{text: "the last failed", undo: true})
	}
}

// lastly reads the block that a workflow runs last, which nothing stops, and tells whether that
// fails.
func (r *reference) lastly(w *dsl.WorkflowDecl, args []any, failed bool) (wrong bool) {
	if w.Finally == nil {
		return false
	}
	defer func(vars map[string]any, undoing bool) { r.vars, r.undoing = vars, undoing }(r.vars, r.undoing)
	r.vars, r.undoing = map[string]any{"err": nil}, true
	if failed {
		r.vars["err"] = failure{text: "failed"}
		r.reached[lastOfFailed]++
	}
	for i, p := range w.Params {
		r.vars[p.Name.Name] = args[i]
	}
	if wrong = !succeeds(func() { r.block(w.Finally) }); wrong {
		r.reached[undoFails]++
	}
	return wrong
}

// halted tells that no step begins, and nothing stands in.
func (r *reference) halted() bool { return r.stopped && !r.undoing }

// finish makes the calls that are owed on every way out of a workflow, at its end.
func (r *reference) finish() {
	if r.undo(r.taken(true)) {
		r.reached[finallyFails]++
		panic(failure{text: "finally failed", undo: true})
	}
}

// taken are the undos that are owed, or what finally calls, which are owed no more.
func (r *reference) taken(finally bool) (taken []owedCall) {
	var kept []owedCall
	for _, u := range r.undos {
		if u.finally == finally {
			taken = append(taken, u)
		} else {
			kept = append(kept, u)
		}
	}
	r.undos = kept
	return taken
}

// block runs a block, and gives the value of its last line.
func (r *reference) block(b *dsl.Block) (last any) {
	for _, s := range b.Stmts {
		last = nil
		switch s := s.(type) {
		case *dsl.BindStmt:
			r.vars[s.Name.Name] = r.bound(s.Name.Name, s.Value)
		case *dsl.LabeledStmt:
			r.eval(s.Stmt.(*dsl.ExprStmt).X)
		case *dsl.ExprStmt:
			last = r.eval(s.X)
		case *dsl.ValidateStmt:
			if !r.eval(s.Cond).(bool) {
				panic(failure{text: "validate"})
			}
		case *dsl.FailStmt:
			bad, _ := r.eval(s.X).(map[string]any)
			panic(failure{text: "fail", bad: bad})
		case *dsl.BreakStmt:
			var value any
			if s.Value != nil {
				value = r.eval(s.Value)
			}
			panic(breaking{value})
		case *dsl.ContinueStmt:
			if s.State == nil {
				panic(continuing{})
			}
			panic(continuing{r.eval(s.State)})
		case *dsl.ReturnStmt:
			panic(result{r.eval(s.Value)})
		case *dsl.CommitStmt:
			r.taken(false)
		case *dsl.RollbackStmt:
			if r.halted() {
				panic(exit{})
			}
			if r.undo(r.taken(false)) {
				panic(failure{text: "undo failed", undo: true})
			}
		case *dsl.WaitStmt:
			if r.halted() {
				panic(exit{})
			}
		case *dsl.LogStmt:
			r.eval(s.Message)
		default:
			panic(fmt.Sprintf("the reference doesn't know %T", s))
		}
	}
	return last
}

// bound is eval for a value that gets a name, by which its undo can refer to it.
func (r *reference) bound(name string, x dsl.Expr) any {
	call, ok := x.(*dsl.CallExpr)
	if !ok || !r.hasClauses(call) || call.Verb != dsl.Call {
		return r.eval(x)
	}
	return r.clauses(name, call)
}

// hasClauses tells whether a call has clauses, of its own or of its tool's declaration.
func (r *reference) hasClauses(x *dsl.CallExpr) bool {
	return len(x.Clauses) > 0 || r.takenBack[x.Fun.Name] != nil
}

// clauses makes the attempts of a call.
func (r *reference) clauses(name string, x *dsl.CallExpr) any {
	more, timed := further{}, false
	var otherwise *dsl.ElseClause
	var undo *dsl.UndoClause
	for _, c := range x.Clauses {
		switch c := c.(type) {
		case *dsl.RetryClause:
			more.add(c)
		case *dsl.TimeoutClause:
			timed = true
		case *dsl.WithClause:
			more.rest++ // the one policy that there is
		case *dsl.ElseClause:
			otherwise = c
		case *dsl.UndoClause:
			undo = c
		}
	}
	args := r.evals(x.Args)
	if r.halted() { // it isn't begun, so it owes nothing
		panic(exit{})
	}
	owe := func(value any) {
		if !undo.Early {
			r.vars[name] = value
		}
		r.owe(undo)
	}
	if t := r.takenBack[x.Fun.Name]; t != nil && undo == nil {
		undo = undoOf(t)
		owe = func(value any) { r.oweOf(t, undo, args, value) }
	} else if undo != nil && undo.None() {
		undo = nil
	}
	before := len(r.undos)
	if undo != nil && undo.Early {
		owe(nil)
	}
	var failed *failure
	for i := 0; ; i++ {
		r.attempt, r.timed = i, timed
		value, f := r.tried(x.Fun.Name, args)
		if f == nil {
			switch { // it is in the place of what a workflow owes
			case undo != nil && undo.Early:
				if len(r.undos) > before+1 {
					r.reached[inPlace]++
				}
				r.undos = r.undos[:before+1]
			case undo != nil:
				r.undos = r.undos[:before]
				owe(value)
			}
			return value
		}
		failed = f
		if r.halted() || !more.again(f) {
			break
		}
	}
	if failed.bad != nil && !failed.undo {
		r.undos = r.undos[:before]
	}
	switch {
	case r.halted():
		panic(exit{})
	case otherwise == nil:
		panic(*failed)
	case failed.undo:
		r.reached[uncaught]++
		panic(*failed)
	}
	return r.otherwise(otherwise.Body, *failed)
}

// further are the attempts that may follow the first: one retry for Bad, one for the rest, or
// one for both.
type further struct {
	bad, rest    int
	on, together bool
}

func (m *further) add(c *dsl.RetryClause) {
	n, _ := strconv.Atoi(c.N.(*dsl.BasicLit).Text)
	m.together = len(c.On) > 0 && !m.on && m.rest == 0
	if m.on = m.on || len(c.On) > 0; len(c.On) > 0 {
		m.bad += n
	} else {
		m.rest += n
	}
}

// again tells whether another attempt follows one that has failed, and counts it.
func (m *further) again(f *failure) bool {
	left := &m.rest
	if f.bad != nil || m.together {
		left = &m.bad
	}
	if f.undo || f.bad != nil && !m.on || *left == 0 {
		return false
	}
	*left--
	return true
}

// otherwise runs a block that knows a failure as err, which may hide another name.
func (r *reference) otherwise(b *dsl.Block, failed failure) any {
	r.handled = true
	hidden, hides := r.vars["err"]
	defer func(vars map[string]any) {
		if delete(vars, "err"); hides {
			vars["err"] = hidden
		}
	}(r.vars)
	r.vars["err"] = failed
	return r.block(b)
}

func (r *reference) owe(undo *dsl.UndoClause) {
	call := undo.Call.(*dsl.CallExpr)
	args := r.evals(call.Args)
	lane := r.lane
	r.undos = append(r.undos, owedCall{func() { r.in(lane, func() { r.takeBack(call.Fun.Name, args) }) }, undo.Finally})
}

// oweOf owes the undo of a tool's declaration for a call that was given args.
func (r *reference) oweOf(t *dsl.ToolDecl, undo *dsl.UndoClause, args []any, value any) {
	defer func(vars map[string]any) { r.vars = vars }(r.vars)
	r.vars = map[string]any{"result": value}
	for i, p := range t.Params {
		r.vars[p.Name.Name] = args[i]
	}
	r.owe(undo)
}

// undoOf is the undo of a tool's declaration; nil without one.
func undoOf(t *dsl.ToolDecl) *dsl.UndoClause {
	for _, c := range t.Clauses {
		if undo, ok := c.(*dsl.UndoClause); ok {
			return undo
		}
	}
	return nil
}

// takeBack makes the attempts of a call that takes back.
func (r *reference) takeBack(name string, args []any) {
	r.timed = false
	for r.attempt = 0; ; r.attempt++ {
		_, failed := r.tried(name, args)
		switch {
		case failed == nil:
			if r.attempt > 0 {
				r.reached[undoRetried]++
			}
			return
		case name != "B" || r.attempt > 0:
			panic(*failed)
		}
	}
}

// undo runs undos, the last first and all of them, whatever becomes of one. It tells whether
// any has failed.
func (r *reference) undo(owed []owedCall) (failed bool) {
	within := r.undoing
	r.undoing = true
	for _, undo := range slices.Backward(owed) {
		if failed {
			r.reached[undoneBehind]++
		}
		if !succeeds(undo.do) {
			failed = true
			r.reached[undoFails]++
		}
	}
	r.undoing = within
	return failed
}

func succeeds(undo func()) (ok bool) {
	defer func() {
		switch p := recover().(type) {
		case nil, failure, exit:
		default:
			panic(p)
		}
	}()
	undo()
	return true
}

// tried makes an attempt of a call.
func (r *reference) tried(name string, args []any) (value any, failed *failure) {
	defer func() {
		switch p := recover().(type) {
		case nil:
		case failure:
			failed = &p
		default:
			panic(p)
		}
	}()
	return r.invoke(name, args), nil
}

// invoke calls a tool or a workflow.
func (r *reference) invoke(name string, args []any) any {
	if r.halted() {
		panic(exit{})
	}
	if w := r.workflows[name]; w != nil {
		return r.sub(w, args)
	}
	return r.tool(name, args)
}

// try reads a block, again where that fails and may be tried again, and at last its else.
func (r *reference) try(x *dsl.TryExpr) (value any) {
	var more further
	for _, c := range x.Retries {
		more.add(c)
	}
	defer func(again bool) { r.again = again }(r.again)
	around := r.again
	for {
		value, failed := r.apart(func() any { return r.block(x.Body) })
		switch {
		case failed == nil:
			return value
		case failed.undo:
			r.reached[uncaught]++
			panic(*failed)
		case r.halted(): // while it was undone
			panic(exit{})
		case more.again(failed):
			r.again = true
			r.reached[triedAgain]++
			continue
		case x.Else == nil:
			panic(*failed)
		}
		r.again = around
		return r.otherwise(x.Else, *failed)
	}
}

// sub reads a workflow that another one calls.
func (r *reference) sub(w *dsl.WorkflowDecl, args []any) any {
	defer func(vars map[string]any, again bool) { r.vars, r.again = vars, again }(r.vars, r.again)
	read := r.returned
	if r.timed {
		read = r.inTime
	}
	r.vars, r.again, r.attempt, r.timed = map[string]any{}, r.again || r.attempt > 0, 0, false
	for i, p := range w.Params {
		r.vars[p.Name.Name] = args[i]
	}
	ran, owed := w.Finally == nil, len(r.undos)
	defer func() {
		p := recover()
		if _, exits := p.(exit); exits && !ran {
			mine := slices.Clone(r.undos[owed:])
			r.undos = r.undos[:owed]
			r.undo(mine)
			r.lastly(w, args, true)
		}
		if p != nil {
			panic(p)
		}
	}()
	value, failed := r.apart(func() any {
		value := read(w.Body)
		r.finish()
		ran = true
		r.last(w, args)
		return value
	})
	if failed == nil {
		return value
	}
	if !ran && r.lastly(w, args, true) {
		failed.undo = true
	}
	ran = true
	panic(*failed)
}

// inTime reads the body of a workflow that has a timeout. What it returns counts, however
// late that is.
func (r *reference) inTime(b *dsl.Block) (value any) {
	r.within++
	defer func() {
		r.within--
		if !r.expired {
			return
		}
		r.expired, r.stopped = false, false
		if recover() != nil {
			panic(failure{text: "timed out"})
		}
	}()
	return r.returned(b)
}

// returned reads the body of a workflow, and gives what it returns.
func (r *reference) returned(b *dsl.Block) (value any) {
	defer func() {
		switch p := recover().(type) {
		case nil:
		case result:
			value = p.value
		default:
			panic(p)
		}
	}()
	r.block(b)
	return nil
}

// apart reads something on an account of its own for undos: what it owes is undone where
// it fails, and passes on otherwise.
func (r *reference) apart(do func() any) (value any, failed *failure) {
	owed := r.undos
	r.undos = nil
	ended := false
	defer func() {
		if !ended {
			r.undos = append(owed, r.undos...)
		}
	}()
	value, failed = r.guarded(do)
	ended = true
	if failed == nil {
		r.undos = append(owed, r.undos...)
		return value, nil
	}
	mine := r.undos
	r.undos = owed
	if r.undo(mine) {
		failed.undo = true
	}
	return nil, failed
}

func (r *reference) guarded(do func() any) (value any, failed *failure) {
	defer func() {
		switch p := recover().(type) {
		case nil:
		case failure:
			if r.halted() && p.bad == nil { // what says that nothing has happened is looked at above
				panic(exit{})
			}
			failed = &p
		default:
			panic(p)
		}
	}()
	return do(), nil
}

// race takes the first arm that succeeds.
func (r *reference) race(x *dsl.RaceExpr) any {
	var failed *failure
	fork := r.fork()
	for i, a := range x.Arms {
		var value any
		r.in(fork(i), func() { value, failed = r.guarded(func() any { return r.block(a.Body) }) })
		if failed == nil {
			return value
		}
	}
	panic(*failed)
}

// rounds runs the rounds of a loop.
func (r *reference) rounds(x *dsl.LoopExpr) any {
	var state any
	if x.State != nil {
		state = r.eval(x.Init)
	}
	for range r.turns(x) {
		if x.State != nil {
			r.vars[x.State.Name] = state
		}
		if x.Where != nil && !r.eval(x.Where).(bool) {
			continue
		}
		value, broke, next := r.round(x.Body)
		if broke {
			return value
		}
		state = next
	}
	switch {
	case x.Else == nil && x.X == nil:
		panic(failure{text: "no break"})
	case x.Else == nil:
		return state
	case x.State != nil:
		r.vars[x.State.Name] = state
	}
	return r.block(x.Else)
}

// turns gives each round of a loop, with what it goes over.
func (r *reference) turns(x *dsl.LoopExpr) iter.Seq[int] {
	return func(yield func(int) bool) {
		if x.X == nil {
			most := -1
			if !isNone(x.Max) {
				most = r.eval(x.Max).(int)
			}
			for i := 0; i != most && yield(i); i++ {
			}
			return
		}
		keys, values := []any{}, []any{}
		switch all := r.eval(x.X).(type) {
		case map[string]any:
			for _, k := range slices.Sorted(maps.Keys(all)) {
				keys, values = append(keys, k), append(values, all[k])
			}
		case []any:
			for i, v := range all {
				keys, values = append(keys, i), append(values, v)
			}
		}
		for i := range keys {
			if x.Key != nil {
				r.vars[x.Key.Name] = keys[i]
			}
			r.vars[x.Value.Name] = values[i]
			if !yield(i) {
				return
			}
		}
	}
}

func (r *reference) round(b *dsl.Block) (value any, broke bool, state any) {
	defer func() {
		switch p := recover().(type) {
		case nil:
		case breaking:
			value, broke = p.value, true
		case continuing:
			state = p.state
		default:
			panic(p)
		}
	}()
	r.block(b) // to its end, in a loop without a state
	return nil, false, nil
}

// tool is what the tools of random programs do; the type tools does the same in Go.
func (r *reference) tool(name string, args []any) any {
	a, _ := args[0].(int)
	text := fmt.Sprintf("%s %d", name, a)
	r.called = append(r.called, text)
	if !strings.Contains(changing, name) && text == r.fault.Text {
		r.strike()
	}
	switch name {
	case "R":
		return (a*7 + 3) % 11
	case "S":
		return (a + 2*args[1].(int)) % 13
	case "F":
		if a%3 == 0 {
			panic(failure{text: "F fails"})
		}
		return a + 1
	case "L":
		return someOf(a)
	case "M":
		return map[string]any{"k1": a, "key2": a + 1, "": a * 2}
	case "G":
		return structP(a)
	case "T":
		n := map[string]any{"type": "N", "p": nil, "o": []any{nil, a}, "m": map[string]any{"k1": oddOf(a), "z": nil}, "n": nil, "l": nil,
			"s": fmt.Sprint("<", a, ">"), "f": 0.25, "w": time.Duration(a) * time.Second, "qs": map[string]any{"2": map[string]any{"type": "Q", "b": a}},
			"rest": map[string]any{fmt.Sprint("r", a): oddOf(a), "w": a}}
		if a%2 != 0 {
			n["p"], n["l"] = structP(a), someOf(a)
		}
		if a%3 == 0 {
			inner := maps.Clone(n)
			inner["p"] = structP(a)
			n["n"] = inner
		}
		return n
	case "E":
		return []string{"k0", "k1", "k2"}[(a%3+3)%3]
	case "O":
		return oddOf(a)
	}
	r.log = append(r.log, effect{text, r.lane})
	struck := text == r.fault.Text
	if strings.Contains(takingBack, name) {
		spoilt := r.spoilt
		r.spoilt = ""
		r.goWrong(spoilt, "in vain")
	} else {
		r.calls++
		struck = struck || r.calls == r.fault.Call
	}
	if struck {
		r.strike()
	}
	switch name {
	case "B":
		if a%4 == 3 || a%3 == 0 && r.attempt == 0 {
			panic(failure{text: "B fails"})
		}
	case "W":
		return a % 17
	case "C":
		if a%4 == 1 {
			panic(failure{text: "C fails"})
		}
		return a + 3
	case "V":
		if a%4 == 0 {
			panic(failure{text: "V fails"})
		}
		return a + 2
	case "Z":
		if a%3 == 0 && r.attempt == 0 && !r.again {
			panic(failure{text: "Z fails at first"})
		}
		return a - 1
	case "D":
		switch (a%5 + 5) % 5 {
		case 0:
			panic(failure{text: fmt.Sprintf("Bad(code: %d)", a), bad: map[string]any{"code": a}})
		case 1:
			panic(failure{text: fmt.Sprintf("wrapped: Bad(code: %d)", a), bad: map[string]any{"code": a}})
		case 2:
			panic(failure{text: "D fails"})
		}
		return a * 2
	}
	return nil
}

func someOf(a int) any {
	list := []any{}
	for i := range (a%3 + 3) % 3 {
		list = append(list, a+i)
	}
	return list
}

func structP(a int) any {
	return map[string]any{"type": "P", "a": a, "b": 2, "c": oddOf(a), "d": someOf(a)}
}

func oddOf(a int) any {
	if a%2 == 0 {
		return nil
	}
	return a
}

// strike has the call go wrong that is meant to, and the next undo then.
func (r *reference) strike() {
	kind, undo, _ := strings.Cut(r.fault.Kind, ", undo ")
	r.spoilt = undo
	r.goWrong(kind, "struck")
}

// goWrong has a call go wrong in a way; not at all where that is empty.
func (r *reference) goWrong(kind, text string) {
	switch kind {
	case "fails":
		panic(failure{text: text})
	case "panics":
		panic(failure{text: "panic: " + text})
	case "exits":
		panic(exit{})
	case "late":
		r.stopped = true
	case "gives up":
		if r.stopped = true; !r.undoing { // else it isn't cut off
			panic(exit{})
		}
	case "overdue":
		r.expired = r.within > 0
		r.stopped = r.expired
	case "hangs":
		if r.timed {
			panic(failure{text: "timed out"})
		}
		if r.within > 0 {
			r.expired, r.stopped = true, true
			panic(exit{})
		}
	}
}

func (r *reference) structLit(x *dsl.StructLit) any {
	s := map[string]any{"type": x.Type.Name}
	switch x.Type.Name {
	case "P":
		s["b"], s["c"] = 4, nil
	case "N":
		maps.Copy(s, map[string]any{"p": nil, "o": []any{nil, 3}, "n": nil, "l": nil, "s": "", "f": 0.5, "w": 90 * time.Second, "rest": map[string]any{}})
	}
	if x.Spread != nil {
		s = maps.Clone(r.eval(x.Spread).(map[string]any))
	}
	for _, f := range x.Fields {
		s[f.Name.Name] = r.eval(f.Value)
	}
	return s
}

func (r *reference) keyed(x *dsl.KeyedExpr) any {
	list := slices.Clone(r.eval(x.List).([]any))
	key := func(elem any) any {
		r.vars[x.Var.Name] = elem
		return r.eval(x.Key)
	}
	if x.Fun == "sort" {
		slices.SortStableFunc(list, func(a, b any) int { return key(a).(int) - key(b).(int) })
		return list
	}
	groups := map[string]any{}
	for _, elem := range list {
		k := textOf(key(elem))
		group, _ := groups[k].([]any)
		groups[k] = append(group, elem)
	}
	return groups
}

func (r *reference) evals(xs []dsl.Expr) []any {
	out := make([]any, len(xs))
	for i, x := range xs {
		out[i] = r.eval(x)
	}
	return out
}

func (r *reference) eval(x dsl.Expr) any {
	switch x := x.(type) {
	case *dsl.Ident:
		switch x.Name {
		case "seven":
			return 7
		case "few":
			return 2
		case "opens":
			return time.Date(2026, time.January, 2, 15, 4, 5, 0, time.UTC)
		}
		return r.vars[x.Name]
	case *dsl.BasicLit:
		return literal(x)
	case *dsl.StringLit:
		text := ""
		for _, p := range x.Parts {
			if text += p.Text; p.X != nil {
				text += textOf(r.eval(p.X))
			}
		}
		return text
	case *dsl.StructLit:
		return r.structLit(x)
	case *dsl.KeyedExpr:
		return r.keyed(x)
	case *dsl.ParenExpr:
		return r.eval(x.X)
	case *dsl.ListLit:
		return r.evals(x.Elems)
	case *dsl.UnaryExpr:
		if x.Op == dsl.Not {
			return !r.eval(x.X).(bool)
		}
		return negative(r.eval(x.X))
	case *dsl.BinaryExpr:
		return r.binary(x)
	case *dsl.SelectorExpr:
		switch s := r.eval(x.X).(type) {
		case map[string]any:
			return s[x.Sel.Name]
		case failure:
			return s.text
		}
		return nil // none, of which the rest of the path is skipped
	case *dsl.SliceExpr:
		return r.slice(x)
	case *dsl.MapLit:
		return r.entries(x)
	case *dsl.DecodeExpr:
		return r.eval(x.X.(*dsl.CallExpr).Args[0]) // of its JSON
	case *dsl.IndexExpr:
		switch m := r.eval(x.X).(type) {
		case nil:
			return nil
		case map[string]any:
			return m[fmt.Sprint(r.eval(x.Index))]
		}
		list, i := r.eval(x.X).([]any), r.eval(x.Index).(int)
		if i < 0 || i >= len(list) {
			panic(failure{text: "index"})
		}
		return list[i]
	case *dsl.CallExpr:
		return r.call(x)
	case *dsl.IfExpr:
		if r.eval(x.Cond).(bool) {
			return r.block(x.Then)
		}
		if x.Else != nil {
			return r.block(x.Else)
		}
		return nil
	case *dsl.MatchExpr:
		return r.match(x)
	case *dsl.ForExpr:
		return r.loop(x)
	case *dsl.ParallelExpr:
		fork := r.fork()
		for i, s := range x.Body.Stmts {
			r.in(fork(i), func() { r.block(&dsl.Block{Stmts: []dsl.Stmt{s}}) })
		}
		return nil
	case *dsl.TryExpr:
		return r.try(x)
	case *dsl.RaceExpr:
		return r.race(x)
	case *dsl.LoopExpr:
		return r.rounds(x)
	}
	panic(fmt.Sprintf("the reference doesn't know %T", x))
}

func (r *reference) match(x *dsl.MatchExpr) any {
	v := r.eval(x.X)
	for _, a := range x.Arms {
		if v == nil && isNone(a.Pattern) {
			return r.block(a.Body)
		}
		id, ok := a.Pattern.(*dsl.Ident)
		if part, is := r.isA(v, id); is {
			if a.Name != nil {
				r.vars[a.Name.Name] = part
			}
			return r.block(a.Body)
		}
		if ok && (id.Name == "_" || id.Name == v) || !ok && r.eval(a.Pattern) == v {
			return r.block(a.Body)
		}
	}
	panic("the match isn't exhaustive")
}

// isA tells whether a value is a member of a union, or a failure a declared error,
// and gives it as that.
func (r *reference) isA(v any, pattern *dsl.Ident) (part any, is bool) {
	if pattern == nil {
		return nil, false
	}
	switch v := v.(type) {
	case failure:
		return v.bad, pattern.Name == "Bad" && v.bad != nil
	case map[string]any:
		return v, pattern.Name == v["type"]
	}
	return nil, false
}

func (r *reference) loop(x *dsl.ForExpr) any {
	values := r.allRounds(x)
	switch len(values) {
	case 0:
		r.reached[noRound]++
	case 1:
		r.reached[oneRound]++
	}
	return values
}

// entries is a map of what stands between the braces of one, of which what is later wins.
func (r *reference) entries(x *dsl.MapLit) map[string]any {
	all := map[string]any{}
	for _, e := range x.Entries {
		switch {
		case e.For != nil:
			for _, round := range r.loop(e.For).([]any) {
				maps.Copy(all, round.(map[string]any))
			}
		case e.Spread != nil:
			maps.Copy(all, r.eval(e.Spread).(map[string]any))
		default:
			all[fmt.Sprint(r.eval(e.Key))] = r.eval(e.Value)
		}
	}
	return all
}

// allRounds runs the rounds of a for.
func (r *reference) allRounds(x *dsl.ForExpr) []any {
	values := []any{}
	lane := func(int) []branch { return r.lane }
	if x.Parallel {
		lane = r.fork()
	}
	if m, ok := r.eval(x.X).(map[string]any); ok {
		for _, key := range slices.Sorted(maps.Keys(m)) {
			r.vars[x.Key.Name], r.vars[x.Value.Name] = key, m[key]
			r.in(lane(len(values)), func() { values = append(values, r.block(x.Body)) })
		}
		return values
	}
	for i, elem := range r.eval(x.X).([]any) {
		if x.Key != nil {
			r.vars[x.Key.Name] = i
		}
		r.vars[x.Value.Name] = elem
		if x.Where == nil || r.eval(x.Where).(bool) {
			r.in(lane(len(values)), func() { values = append(values, r.block(x.Body)) })
		}
	}
	return values
}

func (r *reference) binary(x *dsl.BinaryExpr) any {
	left := r.eval(x.X)
	switch x.Op {
	case dsl.AndAnd:
		return left.(bool) && r.eval(x.Y).(bool)
	case dsl.OrOr:
		return left.(bool) || r.eval(x.Y).(bool)
	case dsl.Coalesce:
		if left != nil {
			return left
		}
		return r.eval(x.Y)
	}
	right := r.eval(x.Y)
	switch x.Op {
	case dsl.Eq:
		return left == right
	case dsl.NotEq:
		return left != right
	case dsl.In:
		return within(left, right)
	case dsl.NotIn:
		return !within(left, right)
	}
	return operation(x.Op, left, right)
}

func (r *reference) call(x *dsl.CallExpr) any {
	if x.Verb != dsl.Call {
		return r.mail(x)
	}
	if r.hasClauses(x) {
		return r.clauses("", x)
	}
	args := r.evals(x.Args)
	if f := r.funcs[x.Fun.Name]; f != nil {
		return r.alias(f, args)
	}
	switch x.Fun.Name {
	case "copied":
		return args[0]
	case "part":
		if p := args[0].(map[string]any); p["type"] == "P" {
			return p["a"]
		}
		return 5
	case "twice":
		return args[0].(int) * 2
	case "clamp":
		return min(max(args[0].(int), 0), args[1].(int))
	}
	if f := builtins[x.Fun.Name]; f != nil {
		return f(args)
	}
	r.attempt, r.timed = 0, false
	return r.invoke(x.Fun.Name, args)
}

// alias reads a func of the program's own.
func (r *reference) alias(f *dsl.FuncDecl, args []any) any {
	defer func(vars map[string]any) { r.vars = vars }(r.vars)
	r.vars = map[string]any{}
	for i, p := range f.Params {
		r.vars[p.Name.Name] = args[i]
	}
	return r.block(f.Body)
}

// mail knows what comes of exchanging something with the world.
func (r *reference) mail(x *dsl.CallExpr) any {
	args := r.evals(x.Args)
	if r.halted() {
		panic(exit{})
	}
	switch {
	case x.Verb == dsl.Emit:
		return nil
	case x.Verb == dsl.Start:
		return "far"
	case x.Fun.Name == "run":
		return 9
	case x.Fun.Name == "Ping":
		return map[string]any{"type": "Ping", "k": args[0], "v": 7}
	}
	for _, c := range x.Clauses {
		if c, ok := c.(*dsl.ElseClause); ok {
			return r.otherwise(c.Body, failure{text: "timed out"})
		}
	}
	panic(failure{text: "timed out"})
}
