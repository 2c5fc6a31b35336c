package checker

import (
	"slices"
	"strings"
	"time"

	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/types"
)

// defaultKeep is how long an event is kept whose declaration doesn't say.
const defaultKeep = 30 * 24 * time.Hour

// declareEvent declares an event: it is the struct type of its keys and payload, too.
func (c *checker) declareEvent(d *dsl.EventDecl) {
	t := &types.Struct{Name: named(d.Name), GoName: types.Exported(named(d.Name)), Doc: d.Doc}
	e := &Event{Name: t.Name, Type: t, Keep: defaultKeep, Decl: d, File: c.file}
	decl := &dsl.TypeDecl{Span: d.Span, Doc: d.Doc, Name: d.Name, Fields: slices.Concat(d.Keys, d.Fields)}
	c.prog.Structs = append(c.prog.Structs, &Struct{Type: t, Decl: decl, File: c.file})
	c.prog.Events = append(c.prog.Events, e)
	c.events[t] = e
	c.declareName(d.Name, &TypeName{Type: t}, t.GoName)
}

// event checks the keys and clauses of an event.
func (c *checker) event(e *Event) {
	for _, key := range e.Decl.Keys {
		v, ok := c.info.Defs[key.Name].(*Var)
		if !ok {
			continue // declared twice
		}
		e.Keys++
		if !isInvalid(v.Type) && !types.IsMapKey(v.Type) {
			c.report(diag.BadEvent, key.Type, "a key of an event can't be %s", v.Type).
				Help = "keys are strings, integers, bools and enums; write other fields into the payload, in braces"
		}
	}
	var own seenClauses
	for _, cl := range e.Decl.Clauses {
		if !own.first(c, cl) {
			continue
		}
		if keep, ok := cl.(*dsl.KeepClause); ok {
			if d := c.constDuration(keep.D, "keep"); d > 0 {
				e.Keep = d
			}
			continue
		}
		c.misplaced(cl, "an event's declaration", "an event takes `to all` and `keep D`")
	}
}

// durable checks what a call with a verb does.
func (c *checker) durable(x *dsl.CallExpr, hint types.Type, wanted bool) types.Type {
	d := &Durable{Result: nothing}
	given := invalid // what the expression gives, nearer than d.Result
	c.stepHere(x)
	c.inArgs(func() {
		switch x.Verb {
		case dsl.Approve:
			given = c.approve(x)
		case dsl.Start:
			given = c.start(x, d, hint)
		case dsl.Emit:
			given = c.emit(x, d)
		case dsl.Await:
			if c.isRun(x.Fun) && x.Package == nil {
				given = c.awaitRun(x, hint, wanted)
			} else {
				given = c.await(x, d)
			}
		}
	})
	d.Result = erased(given)
	if x.Verb == dsl.Await && given == nothing {
		d.Result = basic(types.Any) // whatever it gives is dropped
	}
	d.Played = c.playedAs(x, d)
	c.info.Durables[x] = d
	return c.durableClauses(x, d, given, wanted)
}

// playedAs gives the tool as which tests mock what a call with a verb does. The results
// of runs differ, so each of these is one of its own.
func (c *checker) playedAs(x *dsl.CallExpr, d *Durable) *Tool {
	t := &Tool{
		Name: x.Fun.Name, Result: d.Result, Fails: []*types.Struct{types.TimedOut}, played: true,
		Decl: &dsl.ToolDecl{Name: x.Fun}, File: c.file,
	}
	switch {
	case x.Verb == dsl.Approve:
		t.Fails = append(t.Fails, types.Rejected)
	case d.Event != nil:
		t.Decl, t.File = &dsl.ToolDecl{Name: d.Event.Decl.Name}, d.Event.File
	case d.Workflow != nil:
		t.Decl, t.File = &dsl.ToolDecl{Name: d.Workflow.Decl.Name}, d.Workflow.File
	default:
		return t
	}
	key := t.Name
	if x.Verb == dsl.Emit {
		key = "emit " + key
	}
	if c.played[key] == nil {
		c.played[key] = t
	}
	return c.played[key]
}

// isRun tells whether a name means the execution.
func (c *checker) isRun(name *dsl.Ident) bool {
	e := c.scope.lookup(name.Name)
	if e == nil || name.Name != "run" {
		return false
	}
	_, builtin := e.obj.(*Builtin)
	return builtin
}

// eventNamed finds the event that a call names; nil where it names none.
func (c *checker) eventNamed(x *dsl.CallExpr) *Event {
	if x.Package != nil {
		c.report(diag.BadEvent, x.Package, "an event of another package can't be named here").
			Help = "declare it in this package, or call a workflow of " + x.Package.Name
		return nil
	}
	entry := c.scope.lookup(x.Fun.Name)
	if entry == nil {
		c.unknownEvent(x.Fun)
		return nil
	}
	entry.used = true
	c.info.Uses[x.Fun] = entry.obj
	if e := c.eventOf(entry.obj); e != nil {
		return e
	}
	d := c.report(diag.WrongType, x.Fun, "%s is %s, expected an event", x.Fun.Name, kindOf(entry))
	label(d, entry.file, entry.at, "declared here")
	if _, workflow := entry.obj.(*Workflow); workflow && x.Verb == dsl.Await {
		d.Help = "an execution is awaited by its id: await run(id)"
	} else if _, tool := entry.obj.(*Tool); tool || workflow {
		d.Help = "a tool is called without a word before it: what uses its result waits for it"
	} else {
		d.Help = "an event is declared with event " + x.Fun.Name + "(key string) { … }"
	}
	return nil
}

// unknownEvent reports the name of no event. A package has few of them: where none is near,
// all are named.
func (c *checker) unknownEvent(name *dsl.Ident) {
	before := len(c.diags)
	c.unknown(name, "event", c.isEvent)
	if len(c.diags) == before || c.diags[before].Help != "" {
		return
	}
	var names []string
	for _, e := range c.prog.Events {
		if !slices.Contains(names, e.Name) {
			names = append(names, e.Name)
		}
	}
	switch d := &c.diags[before]; {
	case len(names) == 1:
		c.suggest(d, names[0])
	case len(names) > 1 && len(names) <= maxNamed:
		d.Help = "the events are " + list(names)
	}
}

// maxNamed is how many events a message names.
const maxNamed = 8

func (c *checker) isEvent(o Object) bool { return c.eventOf(o) != nil }

func (c *checker) eventOf(o Object) *Event {
	t, ok := o.(*TypeName)
	if !ok {
		return nil
	}
	s, _ := t.Type.(*types.Struct)
	return c.events[s]
}

// keys checks the keys of an event. They are the first fields of its type.
func (c *checker) keys(x *dsl.CallExpr, e *Event) {
	var params []*Var
	for _, f := range e.Type.Fields[:e.Keys] {
		params = append(params, &Var{Name: f.Name, Type: f.Type})
	}
	c.args(x, params)
}

func (c *checker) await(x *dsl.CallExpr, d *Durable) types.Type {
	if d.Event = c.eventNamed(x); d.Event == nil {
		c.looseConversion(x)
		return invalid
	}
	c.keys(x, d.Event)
	return d.Event.Type
}

// awaitRun checks await run(id). What it gives is known where the id comes from a
// start, else by the type that is wanted.
func (c *checker) awaitRun(x *dsl.CallExpr, hint types.Type, wanted bool) types.Type {
	if len(x.Args) != 1 {
		c.looseConversion(x)
		c.report(diag.WrongArity, x.Fun, "await run(id) takes 1 argument, found %d", len(x.Args))
		return invalid
	}
	t := c.plain(x.Args[0], nil)
	run, started := t.(*types.Run)
	switch {
	case isInvalid(t):
		return invalid
	case started:
		return run.Result
	case !types.Is(t, types.String):
		c.fit(x.Args[0], t, basic(types.String), "the id")
		return invalid
	case !wanted:
		return nothing
	case hint == nil:
		c.report(diag.NoContext, x, "nothing says what this execution gives").
			Help = "bind it with a stated type: var name Type = await run(…)"
		return invalid
	}
	return hint
}

func (c *checker) emit(x *dsl.CallExpr, d *Durable) types.Type {
	if d.Event = c.eventNamed(x); d.Event == nil {
		c.looseConversion(x)
		for _, f := range x.Fields {
			c.infer(f.Value, invalid)
		}
		return nothing
	}
	c.keys(x, d.Event)
	given := map[string]*dsl.Ident{}
	for _, f := range d.Event.Type.Fields[:d.Event.Keys] {
		given[f.Name] = x.Fun
	}
	for _, f := range x.Fields {
		c.fieldValue(d.Event.Type, f, given)
	}
	c.missing(x.Fun, d.Event.Type, given)
	return nothing
}

func (c *checker) approve(x *dsl.CallExpr) types.Type {
	for i, what := range []string{"what is asked", "who is asked"} {
		if i < len(x.Args) {
			c.want(x.Args[i], basic(types.String), what)
		}
	}
	return types.Approval
}

// start checks start Workflow(args). It gives the id of the execution, which knows
// what that gives unless a plain string is wanted.
func (c *checker) start(x *dsl.CallExpr, d *Durable, hint types.Type) types.Type {
	o := c.callee(x, "workflow")
	w, ok := o.(*Workflow)
	if !ok || w.Of != nil {
		c.looseConversion(x)
		if ok {
			c.report(diag.BadEvent, x.Fun, "%s is another package's workflow, and can't be started here", x.Fun.Name).
				Help = "call it as a step, or start a workflow of this package that does"
		} else if o != nil {
			c.notStarted(x)
		}
		return invalid
	}
	d.Workflow = w
	c.args(x, w.Params)
	if hint != nil && types.Is(elemOf(hint), types.String) {
		return basic(types.String)
	}
	return &types.Run{Workflow: w.Name, Result: w.Result}
}

// notStarted reports a start of what is no workflow.
func (c *checker) notStarted(x *dsl.CallExpr) {
	e := c.scope.lookup(x.Fun.Name)
	if e == nil || x.Package != nil {
		c.report(diag.WrongType, x.Fun, "%s isn't a workflow", c.text(x.Fun))
		return
	}
	d := c.report(diag.WrongType, x.Fun, "%s is %s, expected a workflow", x.Fun.Name, kindOf(e))
	label(d, e.file, e.at, "declared here")
}

// durableClauses checks the clauses of what a call with a verb does. It gives the type
// of the whole with what stands in for it.
func (c *checker) durableClauses(x *dsl.CallExpr, d *Durable, result types.Type, wanted bool) types.Type {
	cs := &Clauses{}
	c.info.Clauses[x] = cs
	waits := x.Verb == dsl.Await || x.Verb == dsl.Approve
	var own seenClauses
	for _, cl := range x.Clauses {
		if !own.first(c, cl) {
			continue
		}
		switch cl := cl.(type) {
		case *dsl.ElseClause:
			cs.Else = cl
			continue
		case *dsl.AfterClause:
			cs.After = c.after(cl)
			continue
		case *dsl.TimeoutClause:
			if waits {
				d.Timeout = c.waitingTime(cl)
				continue
			}
		case *dsl.UntilClause:
			if waits {
				d.Timeout, d.Until = c.endOfWaiting(cl), true
				continue
			}
		case *dsl.WhereClause:
			if x.Verb == dsl.Await && (d.Event != nil || !c.isRun(x.Fun)) {
				d.Filter = c.filter(cl, x, result)
				continue
			}
		}
		allowed := "else and after can"
		if d.Event != nil && waits {
			allowed = "timeout, until, where, else and after can"
		} else if waits {
			allowed = "timeout, until, else and after can"
		}
		c.misplaced(cl, string(x.Verb), allowed)
	}
	if cs.Else == nil {
		return result
	}
	if x.Verb == dsl.Approve || d.Event != nil {
		c.swallows(x, cs.Else, d.Timeout != nil, wanted)
	}
	f := &failures{}
	c.ofDurable(f, x.Verb, d)
	return c.elseClause(cs.Else, result, wanted, f)
}

// swallows warns of an else on an await or approve that stands for every failure in the
// same way: for a no as for one that never came, and for there being no engine to wait.
func (c *checker) swallows(x *dsl.CallExpr, cl *dsl.ElseClause, timed, wanted bool) {
	if !c.standsForAll(cl) {
		return
	}
	value := "{}"
	if _, returned := given(cl.Body); wanted || returned {
		value = c.givenText(cl.Body)
	}
	var meant, arms []string
	if timed {
		meant, arms = append(meant, "what comes too late"), append(arms, "else on TimedOut => "+value)
	}
	if x.Verb == dsl.Approve {
		meant, arms = append(meant, "a no"), append(arms, "else on Rejected => "+value)
	}
	at := dsl.Span{Start: cl.Start, End: min(cl.End, cl.Start+len("else"))}
	if len(meant) == 0 {
		c.warn(diag.SwallowsAll, at, "this stands for every failure, and none is to be expected of an await without a timeout").
			Help = "leave it out, or say with timeout how long to wait"
		return
	}
	c.warn(diag.SwallowsAll, at, "this stands for every failure, not only for %s", strings.Join(meant, " and ")).
		Help = "say which are meant: " + strings.Join(arms, " ")
}

// standsForAll tells whether an else gives the same for each failure, without a look at it.
func (c *checker) standsForAll(cl *dsl.ElseClause) bool {
	switch {
	case cl.Body == nil || len(cl.Body.Stmts) > 1:
		return false
	case len(cl.Body.Stmts) == 0:
		return true
	}
	x, returned := given(cl.Body)
	if x == nil {
		return returned
	}
	return len(blocksOf(x)) == 0 && !c.acts(x) && !c.mentions(x, "err")
}

// given is what a block of one line gives, and whether it is returned; nil where that is
// nothing.
func given(b *dsl.Block) (x dsl.Expr, returned bool) {
	if len(b.Stmts) != 1 {
		return nil, false
	}
	if r, ok := b.Stmts[0].(*dsl.ReturnStmt); ok {
		return r.Value, true
	}
	return lastExpr(b), false
}

// givenText is what a block of one line, or none, gives as an arm has it.
func (c *checker) givenText(b *dsl.Block) string {
	x, returned := given(b)
	switch {
	case returned:
		return "{ " + c.text(b.Stmts[0]) + " }"
	case x == nil:
		return "{}"
	}
	return c.text(x)
}

// mentions tells whether an expression reads a name.
func (c *checker) mentions(x dsl.Expr, name string) bool {
	found := false
	dsl.Inspect(x, func(n dsl.Node) bool {
		id, ok := n.(*dsl.Ident)
		found = found || ok && id.Name == name
		return true
	})
	return found
}

// hidesInterrupted warns of an else with a value for each failure of a tool that must not
// happen twice: that after a crash nobody knows whether it has happened is one of them.
func (c *checker) hidesInterrupted(callee Object, cl *dsl.ElseClause, wanted bool) {
	if !isOnce(callee) || !c.standsForAll(cl) {
		return
	}
	if x, returned := given(cl.Body); x == nil || !wanted && !returned {
		return
	}
	t := callee.(*Tool)
	at := dsl.Span{Start: cl.Start, End: min(cl.End, cl.Start+len("else"))}
	name := "NAME"
	if len(t.Fails) > 0 {
		name = t.Fails[0].Name
	}
	d := c.warn(diag.SwallowsAll, at, "this stands for every failure, also for Interrupted: after a crash %s may have happened", t.Name)
	d.Help = "say which are meant: else on " + name + " => " + c.givenText(cl.Body) + "; or declare the tool idempotent if calling it twice is the same as once"
	label(d, t.File, t.Decl.Name, "declared here")
}

// waitingTime checks the timeout of what is waited for, which needn't be a constant;
// nil where there is none.
func (c *checker) waitingTime(cl *dsl.TimeoutClause) dsl.Expr {
	if isNone(cl.D) {
		c.infer(cl.D, optionalOf(basic(types.Duration)))
		return nil
	}
	c.pureIn("a clause", func() { c.want(cl.D, basic(types.Duration), "the timeout") })
	if v, ok := c.fold(cl.D); ok && v.isDuration() {
		c.constDuration(cl.D, "timeout")
	}
	return cl.D
}

// endOfWaiting checks the time until which something is awaited.
func (c *checker) endOfWaiting(cl *dsl.UntilClause) dsl.Expr {
	c.pureIn("a clause", func() {
		t := c.plain(cl.T, basic(types.Time))
		if types.Is(t, types.Duration) {
			c.report(diag.WrongType, cl.T, "found a duration, expected a time").Help = "write timeout " + c.text(cl.T)
			return
		}
		c.fit(cl.T, t, basic(types.Time), "what is awaited until")
	})
	return cl.T
}

// ofDurable adds to f what a call with a verb may fail with.
func (c *checker) ofDurable(f *failures, verb dsl.Verb, d *Durable) {
	if d.Timeout != nil {
		f.add(types.TimedOut)
	}
	if verb == dsl.Approve {
		f.add(types.Rejected)
	}
}

// eraseRuns makes strings of the ids of runs: what comes later needn't tell them apart.
func (c *checker) eraseRuns() {
	for x, t := range c.info.Types {
		c.info.Types[x] = erased(t)
	}
	for x, t := range c.info.Wanted {
		c.info.Wanted[x] = erased(t)
	}
	for _, o := range c.info.Defs {
		if v, ok := o.(*Var); ok {
			v.Type = erased(v.Type)
		}
	}
	for _, v := range c.info.Errs {
		v.Type = erased(v.Type)
	}
}

// erased is a type with strings in the place of ids of runs.
func erased(t types.Type) types.Type {
	switch t := t.(type) {
	case *types.Run:
		return basic(types.String)
	case *types.List:
		if elem := erased(t.Elem); elem != t.Elem {
			return listOf(elem)
		}
	case *types.Optional:
		if elem := erased(t.Elem); elem != t.Elem {
			return optionalOf(elem)
		}
	case *types.Map:
		if elem := erased(t.Elem); elem != t.Elem {
			return &types.Map{Key: t.Key, Elem: elem}
		}
	}
	return t
}
