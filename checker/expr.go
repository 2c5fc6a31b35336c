package checker

import (
	"go/constant"

	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/types"
)

// want checks an expression that has to have a type; what says where it stands. A
// T fits where a T? is wanted, and anything where any is.
func (c *checker) want(x dsl.Expr, t types.Type, what string) {
	got := c.infer(x, t)
	c.fit(x, got, t, what)
}

func (c *checker) fit(x dsl.Expr, got, want types.Type, what string) {
	if isInvalid(got) || isInvalid(want) || types.Identical(got, want) || types.Is(want, types.Any) && got != nothing {
		return
	}
	if o, ok := want.(*types.Optional); ok && (types.Identical(got, o.Elem) || types.Is(o.Elem, types.Any)) {
		c.info.Wanted[x] = want
		return
	}
	if o, ok := got.(*types.Optional); ok && types.Identical(o.Elem, want) {
		c.maybeNone(x, what)
		return
	}
	d := c.report(diag.WrongType, x, "%s is %s, expected %s", what, describe(got), want)
	switch {
	case types.IsNumeric(got) && types.IsNumeric(want):
		d.Help = "convert with " + want.String() + "(…)"
	case types.Is(want, types.String) && got != nothing:
		d.Help = "convert with string(…), or substitute it in \"${…}\""
	}
}

func describe(t types.Type) string {
	if t == nothing {
		return "without a value"
	}
	return t.String()
}

func (c *checker) maybeNone(x dsl.Expr, what string) {
	text := c.text(x)
	d := c.report(diag.MaybeNone, x, "%s may be none", text)
	if _, ok := c.pathOf(x); ok {
		d.Help = "give a default with " + text + " ?? …, or ask if " + text + " != none first"
		return
	}
	d.Help = "give a default with ??"
}

// value checks an expression that has to have some value.
func (c *checker) value(x dsl.Expr, hint types.Type) types.Type {
	t := c.infer(x, hint)
	if t == nothing {
		c.report(diag.WrongType, x, "%s gives no value", c.head(x))
		return invalid
	}
	return t
}

// head names an expression in a message.
func (c *checker) head(x dsl.Expr) string {
	if call, ok := x.(*dsl.CallExpr); ok && call.Fun != nil {
		return call.Fun.Name
	}
	return "this"
}

// plain checks an expression that can't be an optional where it stands.
func (c *checker) plain(x dsl.Expr, what string) types.Type {
	t := c.value(x, nil)
	if _, ok := t.(*types.Optional); ok {
		c.maybeNone(x, what)
		return invalid
	}
	return t
}

// infer finds an expression's type. hint is what is wanted where it stands, or
// nil: it reaches into literals and branches, and says what an untyped constant
// becomes; the expression need not fit it.
func (c *checker) infer(x dsl.Expr, hint types.Type) types.Type {
	if x == nil {
		return invalid
	}
	if v, ok := fold(x); ok {
		return c.constant(x, v, hint)
	}
	t := c.inferOther(x, hint)
	if t == nil {
		t = invalid
	}
	c.info.Types[x] = t
	return t
}

func (c *checker) inferOther(x dsl.Expr, hint types.Type) types.Type {
	switch x := x.(type) {
	case *dsl.Ident:
		return c.narrowed(x, c.ident(x))
	case *dsl.BasicLit:
		return c.basicLit(x, hint)
	case *dsl.StringLit:
		return c.stringLit(x)
	case *dsl.ListLit:
		return c.listLit(x, hint)
	case *dsl.MapLit:
		return c.mapLit(x)
	case *dsl.StructLit:
		return c.structLit(x)
	case *dsl.ParenExpr:
		t := c.infer(x.X, hint)
		c.info.Narrowed[x] = c.info.Narrowed[x.X]
		if !c.info.Narrowed[x] {
			delete(c.info.Narrowed, x)
		}
		return t
	case *dsl.UnaryExpr:
		return c.unary(x, hint)
	case *dsl.BinaryExpr:
		return c.binary(x, hint)
	case *dsl.SelectorExpr:
		return c.selector(x)
	case *dsl.IndexExpr:
		return c.index(x)
	case *dsl.SliceExpr:
		return c.slice(x)
	case *dsl.CallExpr:
		return c.call(x, hint)
	case *dsl.SortExpr:
		return c.sortBy(x)
	case *dsl.IfExpr, *dsl.MatchExpr:
		return c.branching(x, hint)
	case *dsl.ForExpr:
		return c.forExpr(x, hint, true)
	case *dsl.ParallelExpr:
		return c.parallel(x, hint, true)
	}
	return invalid
}

func (c *checker) basicLit(x *dsl.BasicLit, hint types.Type) types.Type {
	switch x.Kind {
	case dsl.BoolLit:
		c.info.Consts[x] = constant.MakeBool(x.Text == "true")
		return basic(types.Bool)
	case dsl.NoneLit:
		if o, ok := hint.(*types.Optional); ok {
			return o
		}
		if !isInvalid(hint) {
			c.report(diag.WrongType, x, "none, expected %s", hint).Help = "only a " + hint.String() + "? can be none"
		} else if hint == nil {
			c.report(diag.NoContext, x, "nothing says what none is a %s of", "type?").Help = "give it where a type with ? is wanted"
		}
		return invalid
	case dsl.IntLit, dsl.FloatLit, dsl.DurationLit:
		c.report(diag.BadConstant, x, "%s is too large", x.Text)
	}
	return invalid
}

// ident is the declared type of a name that stands as a value.
func (c *checker) ident(x *dsl.Ident) types.Type {
	if x.Name == "_" {
		c.report(diag.UnknownName, x, "_ has no value")
		return invalid
	}
	switch o := c.find(x, "name").(type) {
	case *Var:
		return o.Type
	case nil:
		return invalid
	case *Builtin:
		if x.Name == "run" {
			c.report(diag.WrongType, x, "run isn't a value").Help = "there are run.id and run.started"
			return invalid
		}
		c.report(diag.WrongType, x, "%s is a function", x.Name).Help = "call it: " + x.Name + "(…)"
	case *TypeName:
		c.report(diag.WrongType, x, "%s is a type, expected a value", x.Name)
	case *Label:
		c.report(diag.WrongType, x, "%s is a label, expected a value", x.Name)
	default:
		c.report(diag.WrongType, x, "%s isn't a value", x.Name).Help = "call it: " + x.Name + "(…)"
	}
	return invalid
}

// narrowed gives T for a name or path that is declared T? but known not to be none.
func (c *checker) narrowed(x dsl.Expr, t types.Type) types.Type {
	o, ok := t.(*types.Optional)
	if !ok {
		return t
	}
	if p, ok := c.pathOf(x); ok && c.scope.isNarrowed(p) {
		c.info.Narrowed[x] = true
		return o.Elem
	}
	return t
}

// raw finds the declared type of an operand whose being none is asked for.
func (c *checker) raw(x dsl.Expr, hint types.Type) types.Type {
	t := c.infer(x, hint)
	if c.info.Narrowed[x] {
		delete(c.info.Narrowed, x)
		t = &types.Optional{Elem: t}
		c.info.Types[x] = t
		if p, ok := x.(*dsl.ParenExpr); ok {
			return c.raw(p.X, hint)
		}
	}
	return t
}

func (c *checker) stringLit(x *dsl.StringLit) types.Type {
	text, whole := "", true
	for _, p := range x.Parts {
		if p.X == nil {
			text += p.Text
			continue
		}
		whole = false
		c.printable(p.X)
	}
	if whole {
		c.info.Consts[x] = constant.MakeString(text)
	}
	return basic(types.String)
}

// printable checks what a substitution prints.
func (c *checker) printable(x dsl.Expr) {
	t := c.plain(x, "a substitution")
	if types.Is(t, types.Failure) {
		c.report(diag.WrongType, x, "%s is an error, expected its text", c.text(x)).Help = "write " + c.text(x) + ".message"
	}
}

func (c *checker) listLit(x *dsl.ListLit, hint types.Type) types.Type {
	if o, ok := hint.(*types.Optional); ok {
		hint = o.Elem
	}
	if l, ok := hint.(*types.List); ok {
		for _, e := range x.Elems {
			c.want(e, l.Elem, "an element")
		}
		return l
	}
	if len(x.Elems) == 0 {
		if !isInvalid(hint) && !types.Is(hint, types.Any) {
			return c.mismatch(x, "an empty list", hint)
		}
		c.report(diag.NoContext, x, "nothing says what this is a list of").Help = "give it where a list's type is wanted"
		return invalid
	}
	return wrap(c.join(x.Elems, nil, "an element"), func(t types.Type) types.Type { return &types.List{Elem: t} })
}

func (c *checker) mismatch(x dsl.Expr, what string, want types.Type) types.Type {
	c.report(diag.WrongType, x, "%s, expected %s", what, want)
	return invalid
}

// join finds the one type that expressions have which stand for each other, as
// the elements of a list do. Constants and none follow the others.
func (c *checker) join(xs []dsl.Expr, hint types.Type, what string) types.Type {
	joined, optional := hint, false
	var open []dsl.Expr
	for _, x := range xs {
		_, isConst := fold(x)
		if isNone(x) || isConst && joined == nil {
			optional = optional || isNone(x)
			open = append(open, x)
			continue
		}
		c.joinOne(&joined, x, what)
	}
	for _, x := range open {
		if v, ok := fold(x); ok && (joined == nil || v.v.Kind() == constant.Float && types.Is(joined, types.Int)) {
			joined = c.constType(v, nil)
		}
	}
	if optional && joined != nil && !isInvalid(joined) {
		if _, already := joined.(*types.Optional); !already {
			joined = &types.Optional{Elem: joined}
		}
	}
	for _, x := range xs {
		c.settle(x, joined, what)
	}
	if joined == nil {
		return invalid
	}
	return joined
}

func (c *checker) joinOne(joined *types.Type, x dsl.Expr, what string) {
	t := c.value(x, *joined)
	switch o, ok := t.(*types.Optional); {
	case *joined == nil, isInvalid(*joined):
		*joined = t
	case ok && types.Identical(o.Elem, *joined):
		*joined = o
	}
}

// settle fits an expression to the type that was found for it and its like.
func (c *checker) settle(x dsl.Expr, t types.Type, what string) {
	if got, done := c.info.Types[x]; done {
		c.fit(x, got, t, what)
		return
	}
	c.want(x, t, what)
}

func (c *checker) mapLit(x *dsl.MapLit) types.Type {
	if x.Type == nil {
		return invalid
	}
	m, ok := c.typeOf(x.Type).(*types.Map)
	if !ok {
		m = &types.Map{Key: invalid, Elem: invalid}
	}
	seen := map[string]dsl.Expr{}
	for _, e := range x.Entries {
		c.want(e.Key, m.Key, "a key")
		c.want(e.Value, m.Elem, "a value")
		if v := c.info.Consts[e.Key]; v != nil {
			if old := seen[v.ExactString()]; old != nil {
				label(c.report(diag.DuplicateName, e.Key, "the key %s stands twice", c.text(e.Key)), c.file, old, "first here")
			}
			seen[v.ExactString()] = e.Key
		}
	}
	if isInvalid(m.Key) {
		return invalid
	}
	return m
}

func (c *checker) structLit(x *dsl.StructLit) types.Type {
	s, ok := c.namedType(x.Type).(*types.Struct)
	if !ok {
		if x.Type != nil && c.info.Uses[x.Type] != nil {
			c.report(diag.WrongType, x.Type, "%s isn't a struct type", x.Type.Name)
		}
		c.looseFields(x)
		return invalid
	}
	if x.Spread != nil {
		c.want(x.Spread, s, "what is copied")
	}
	given := map[string]*dsl.Ident{}
	for _, f := range x.Fields {
		c.fieldValue(s, f, given)
	}
	if x.Spread == nil {
		c.missing(x, s, given)
	}
	return s
}

func (c *checker) looseFields(x *dsl.StructLit) {
	if x.Spread != nil {
		c.infer(x.Spread, invalid)
	}
	for _, f := range x.Fields {
		c.infer(f.Value, invalid)
	}
}

func (c *checker) fieldValue(s *types.Struct, f dsl.FieldValue, given map[string]*dsl.Ident) {
	if f.Name == nil {
		return
	}
	field := s.Field(f.Name.Name)
	switch {
	case field == nil:
		c.noField(s, f.Name)
		c.infer(f.Value, invalid)
		return
	case given[field.Name] != nil:
		label(c.report(diag.DuplicateName, f.Name, "%s is given twice", field.Name), c.file, given[field.Name], "first here")
	}
	given[field.Name] = f.Name
	c.want(f.Value, field.Type, field.Name)
}

func (c *checker) noField(s *types.Struct, name *dsl.Ident) {
	var names []string
	for _, f := range s.Fields {
		names = append(names, f.Name)
	}
	d := c.report(diag.UnknownField, name, "%s has no field %s", s.Name, name.Name)
	if near := nearest(name.Name, names); near != "" {
		d.Help = "did you mean " + near + "?"
	}
}

func (c *checker) missing(x *dsl.StructLit, s *types.Struct, given map[string]*dsl.Ident) {
	list := ""
	for _, f := range s.Fields {
		if _, optional := f.Type.(*types.Optional); given[f.Name] == nil && !optional && !f.HasDefault {
			if list != "" {
				list += ", "
			}
			list += f.Name
		}
	}
	if list != "" {
		c.report(diag.MissingField, x.Type, "%s misses %s", s.Name, list).
			Help = "a field can be left out where it has a default or is optional"
	}
}
