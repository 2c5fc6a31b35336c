package golden

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/wfgen/wfgen/dsl"
)

// A reference reads a program from top to bottom, one line after the other. It is
// as simple as can be, and shares nothing with the checker, the plan and the code
// generator: it says what a program means.
type reference struct {
	log   []string // the effects, in the order they happen
	undos []func()
	vars  map[string]any // ints, bools, lists of ints, nil for none, error texts
}

// A failure, a result, and what ends a round are panics, which end the reading of
// what they stand in.
type failure struct {
	text string
	bad  any // the fields of the declared error; nil where it is none
}
type result struct{ value any }
type breaking struct{ value any }
type continuing struct{ state any }

// read runs a workflow. ok tells whether it succeeded.
func (r *reference) read(w *dsl.WorkflowDecl, args ...any) (value any, ok bool) {
	for i, p := range w.Params {
		r.vars[p.Name.Name] = args[i]
	}
	defer func() {
		switch p := recover().(type) {
		case nil:
		case result:
			value, ok = p.value, true
		case failure:
			for _, undo := range slices.Backward(r.undos) {
				undo()
			}
		default:
			panic(p)
		}
	}()
	r.block(w.Body)
	return nil, true
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
			panic(continuing{r.eval(s.State)})
		case *dsl.ReturnStmt:
			panic(result{r.eval(s.Value)})
		case *dsl.CommitStmt:
			r.undos = nil
		default:
			panic(fmt.Sprintf("the reference doesn't know %T", s))
		}
	}
	return last
}

// bound is eval for a value that gets a name, by which its undo can refer to it.
func (r *reference) bound(name string, x dsl.Expr) any {
	call, ok := x.(*dsl.CallExpr)
	if !ok || len(call.Clauses) == 0 {
		return r.eval(x)
	}
	return r.clauses(name, call)
}

// clauses makes the attempts of a call.
func (r *reference) clauses(name string, x *dsl.CallExpr) any {
	attempts, on := 1, false
	var otherwise *dsl.ElseClause
	var undo *dsl.UndoClause
	for _, c := range x.Clauses {
		switch c := c.(type) {
		case *dsl.RetryClause:
			n, _ := strconv.Atoi(c.N.(*dsl.BasicLit).Text)
			attempts += n
			on = len(c.On) > 0
		case *dsl.WithClause:
			attempts++ // the one policy that there is
		case *dsl.ElseClause:
			otherwise = c
		case *dsl.UndoClause:
			undo = c
		}
	}
	args := r.evals(x.Args)
	before := len(r.undos)
	if undo != nil && undo.Early {
		r.owe(undo)
	}
	var failed *failure
	for range attempts {
		value, f := r.attempt(x.Fun.Name, args)
		if f == nil {
			if undo != nil && !undo.Early {
				r.vars[name] = value
				r.owe(undo)
			}
			return value
		}
		failed = f
		if f.bad != nil && !on {
			break
		}
	}
	if failed.bad != nil {
		r.undos = r.undos[:before]
	}
	if otherwise == nil {
		panic(*failed)
	}
	r.vars["err"] = *failed
	return r.block(otherwise.Body)
}

func (r *reference) owe(undo *dsl.UndoClause) {
	call := undo.Call.(*dsl.CallExpr)
	args := r.evals(call.Args)
	r.undos = append(r.undos, func() { r.tool(call.Fun.Name, args) })
}

func (r *reference) attempt(name string, args []any) (value any, failed *failure) {
	defer func() {
		if f, ok := recover().(failure); ok {
			failed = &f
		}
	}()
	return r.tool(name, args), nil
}

// try runs a block on an account of its own for undos, and its else.
func (r *reference) try(x *dsl.TryExpr) (value any) {
	owed := r.undos
	r.undos = nil
	value, failed := r.guarded(x.Body)
	if failed == nil {
		r.undos = append(owed, r.undos...)
		return value
	}
	for _, undo := range slices.Backward(r.undos) {
		undo()
	}
	r.undos = owed
	r.vars["err"] = *failed
	return r.block(x.Else)
}

func (r *reference) guarded(b *dsl.Block) (value any, failed *failure) {
	defer func() {
		switch p := recover().(type) {
		case nil:
		case failure:
			failed = &p
		default:
			panic(p)
		}
	}()
	return r.block(b), nil
}

// race takes the first arm that succeeds.
func (r *reference) race(x *dsl.RaceExpr) any {
	var failed *failure
	for _, a := range x.Arms {
		var value any
		if value, failed = r.guarded(a.Body); failed == nil {
			return value
		}
	}
	panic(*failed)
}

// rounds runs the rounds of a loop.
func (r *reference) rounds(x *dsl.LoopExpr) any {
	state, most := r.eval(x.Init), r.eval(x.Max).(int)
	for range most {
		r.vars[x.State.Name] = state
		value, broke, next := r.round(x.Body)
		if broke {
			return value
		}
		state = next
	}
	if x.Else == nil {
		panic(failure{text: "no break"})
	}
	r.vars[x.State.Name] = state
	return r.block(x.Else)
}

func (r *reference) round(b *dsl.Block) (value any, broke bool, state any) {
	defer func() {
		switch p := recover().(type) {
		case breaking:
			value, broke = p.value, true
		case continuing:
			state = p.state
		default:
			panic(p)
		}
	}()
	r.block(b)
	panic("a round without an end")
}

// tool is what the tools of random programs do; the type tools does the same in Go.
func (r *reference) tool(name string, args []any) any {
	a, _ := args[0].(int)
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
		list := []any{}
		for i := range (a%3 + 3) % 3 {
			list = append(list, a+i)
		}
		return list
	case "M":
		return map[string]any{"k1": a, "key2": a + 1, "": a * 2}
	case "G":
		return map[string]any{"a": a, "b": 2, "c": r.tool("O", args), "d": r.tool("L", args)}
	case "E":
		return []string{"k0", "k1", "k2"}[(a%3+3)%3]
	case "O":
		if a%2 == 0 {
			return nil
		}
		return a
	}
	r.log = append(r.log, fmt.Sprintf("%s %d", name, a))
	switch name {
	case "W":
		return a % 17
	case "V":
		if a%4 == 0 {
			panic(failure{text: "V fails"})
		}
		return a + 2
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

func (r *reference) structLit(x *dsl.StructLit) any {
	s := map[string]any{"b": 4, "c": nil}
	if x.Type.Name != "P" {
		s = map[string]any{"type": x.Type.Name}
	}
	if x.Spread != nil {
		s = maps.Clone(r.eval(x.Spread).(map[string]any))
	}
	for _, f := range x.Fields {
		s[f.Name.Name] = r.eval(f.Value)
	}
	return s
}

func (r *reference) sortBy(x *dsl.SortExpr) any {
	list := slices.Clone(r.eval(x.List).([]any))
	key := func(elem any) int {
		r.vars[x.Var.Name] = elem
		return r.eval(x.Key).(int)
	}
	slices.SortStableFunc(list, func(a, b any) int { return key(a) - key(b) })
	return list
}

// printed is what a substitution prints: numbers, and structs as JSON.
func printed(v any) string {
	s, ok := v.(map[string]any)
	if !ok {
		return fmt.Sprint(v)
	}
	c := ""
	if s["c"] != nil {
		c = fmt.Sprintf(`"c":%d,`, s["c"])
	}
	d, _ := json.Marshal(s["d"])
	return fmt.Sprintf(`{"a":%d,"b":%d,%s"d":%s}`, s["a"], s["b"], c, d)
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
		}
		return r.vars[x.Name]
	case *dsl.BasicLit:
		if x.Kind == dsl.NoneLit {
			return nil
		}
		n, _ := strconv.Atoi(x.Text)
		return n
	case *dsl.StringLit:
		text := ""
		for _, p := range x.Parts {
			if text += p.Text; p.X != nil {
				text += printed(r.eval(p.X))
			}
		}
		return text
	case *dsl.StructLit:
		return r.structLit(x)
	case *dsl.SortExpr:
		return r.sortBy(x)
	case *dsl.ParenExpr:
		return r.eval(x.X)
	case *dsl.ListLit:
		return r.evals(x.Elems)
	case *dsl.UnaryExpr:
		if x.Op == dsl.Not {
			return !r.eval(x.X).(bool)
		}
		return -r.eval(x.X).(int)
	case *dsl.BinaryExpr:
		return r.binary(x)
	case *dsl.SelectorExpr:
		if s, ok := r.eval(x.X).(map[string]any); ok {
			return s[x.Sel.Name]
		}
		return r.eval(x.X).(failure).text
	case *dsl.IndexExpr:
		if m, ok := r.eval(x.X).(map[string]any); ok {
			return m[r.eval(x.Index).(string)]
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
		return r.block(x.Body)
	case *dsl.TryExpr:
		return r.try(x)
	case *dsl.RaceExpr:
		return r.race(x)
	case *dsl.LoopExpr:
		return r.rounds(x)
	case *dsl.DecodeExpr:
		return r.eval(x.X)
	}
	panic(fmt.Sprintf("the reference doesn't know %T", x))
}

func (r *reference) match(x *dsl.MatchExpr) any {
	v := r.eval(x.X)
	for _, a := range x.Arms {
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
		name, ok := v["type"]
		if !ok {
			name = "P"
		}
		return v, pattern.Name == name
	}
	return nil, false
}

func (r *reference) loop(x *dsl.ForExpr) any {
	values := []any{}
	if m, ok := r.eval(x.X).(map[string]any); ok {
		for _, key := range slices.Sorted(maps.Keys(m)) {
			r.vars[x.Key.Name], r.vars[x.Value.Name] = key, m[key]
			values = append(values, r.block(x.Body))
		}
		return values
	}
	for i, elem := range r.eval(x.X).([]any) {
		if x.Key != nil {
			r.vars[x.Key.Name] = i
		}
		r.vars[x.Value.Name] = elem
		if x.Where == nil || r.eval(x.Where).(bool) {
			values = append(values, r.block(x.Body))
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
		return slices.Contains(right.([]any), left)
	case dsl.Add:
		if list, ok := left.([]any); ok {
			return append(slices.Clone(list), right.([]any)...)
		}
	}
	return arithmetic(x.Op, left.(int), right.(int))
}

func arithmetic(op dsl.BinaryOp, a, b int) any {
	switch op {
	case dsl.Add:
		return a + b
	case dsl.Sub:
		return a - b
	case dsl.Mul:
		return a * b
	case dsl.Div:
		if b == 0 {
			panic(failure{text: "division"})
		}
		return a / b
	case dsl.Less:
		return a < b
	case dsl.LessEq:
		return a <= b
	case dsl.More:
		return a > b
	case dsl.MoreEq:
		return a >= b
	}
	panic("the reference doesn't know " + string(op))
}

func (r *reference) call(x *dsl.CallExpr) any {
	if len(x.Clauses) > 0 {
		return r.clauses("", x)
	}
	args := r.evals(x.Args)
	switch x.Fun.Name {
	case "json":
		return args[0] // decode gives it back
	case "part":
		if p := args[0].(map[string]any); p["type"] == nil {
			return p["a"]
		}
		return 5
	case "twice":
		return args[0].(int) * 2
	case "clamp":
		return min(max(args[0].(int), 0), args[1].(int))
	case "min":
		return min(args[0].(int), args[1].(int), args[2].(int))
	case "len":
		if text, ok := args[0].(string); ok {
			return len(text)
		}
		return len(args[0].([]any))
	case "sort":
		list := slices.Clone(args[0].([]any))
		slices.SortFunc(list, func(a, b any) int { return a.(int) - b.(int) })
		return list
	case "values":
		list := []any{}
		m := args[0].(map[string]any)
		for _, key := range slices.Sorted(maps.Keys(m)) {
			list = append(list, m[key])
		}
		return list
	case "sum":
		sum := 0
		for _, n := range args[0].([]any) {
			sum += n.(int)
		}
		return sum
	case "Sub":
		s := r.tool("R", args).(int)
		t := r.tool("W", []any{s + args[1].(int)}).(int)
		r.undos = append(r.undos, func() { r.tool("Y", []any{t}) })
		return t + s
	}
	return r.tool(x.Fun.Name, args)
}
