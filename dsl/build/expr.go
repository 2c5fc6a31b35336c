package build

import "github.com/wfgen/wfgen/dsl"

// An Expr is an expression.
type Expr struct{ x dsl.Expr }

func (x Expr) tree() dsl.Expr { return x.x }

// Name is a name as a value.
func Name(name string) Expr { return Expr{id(name)} }

// Value is a Go value as an expression: a number, string, bool, duration, nil for none.
func Value(v any) Expr { return Expr{expr(v)} }

// Text is a string of parts: Go strings stand for themselves, all else is substituted.
func Text(parts ...any) Expr {
	lit := &dsl.StringLit{}
	for _, p := range parts {
		if s, ok := p.(string); ok {
			if s != "" {
				lit.Parts = append(lit.Parts, dsl.StringPart{Text: s})
			}
			continue
		}
		lit.Parts = append(lit.Parts, dsl.StringPart{X: expr(p)})
	}
	return Expr{lit}
}

// ListOf is a list of elements.
func ListOf(elems ...any) Expr { return Expr{&dsl.ListLit{Elems: exprs(elems)}} }

// Make is a literal of a struct type.
func Make(name string, fields ...FieldValue) Expr {
	pkg, rest := split(name)
	lit := &dsl.StructLit{Package: pkg, Type: rest}
	for _, f := range fields {
		lit.Fields = append(lit.Fields, dsl.FieldValue(f))
	}
	return Expr{lit}
}

// CopyOf is a literal of a struct type that copies another value but for some fields.
func CopyOf(name string, old any, fields ...FieldValue) Expr {
	x := Make(name, fields...)
	x.x.(*dsl.StructLit).Spread = expr(old)
	return x
}

// A FieldValue is a field's value in a literal.
type FieldValue dsl.FieldValue

// Set is a field's value.
func Set(name string, value any) FieldValue { return FieldValue{id(name), expr(value)} }

// MapOf is a literal of a map; keys and values alternate.
func MapOf(key, elem Type, keysAndValues ...any) Expr {
	lit := &dsl.MapLit{Type: &dsl.MapType{Key: key.expr, Elem: elem.expr}}
	for i := 0; i+1 < len(keysAndValues); i += 2 {
		lit.Entries = append(lit.Entries, dsl.MapEntry{Key: expr(keysAndValues[i]), Value: expr(keysAndValues[i+1])})
	}
	return Expr{lit}
}

// An Entry is what stands between the braces of a map.
type Entry struct{ entry dsl.MapEntry }

// MapWith is a literal of a map of entries, of which later ones win.
func MapWith(key, elem Type, entries ...Entry) Expr {
	t := &dsl.MapType{Key: key.expr, Elem: elem.expr}
	return Expr{mapOf(t, entries)}
}

// Put is key: value.
func Put(key, value any) Entry {
	return Entry{dsl.MapEntry{Key: expr(key), Value: expr(value)}}
}

// AllOf is ...m, all entries of another map.
func AllOf(m any) Entry { return Entry{dsl.MapEntry{Spread: expr(m)}} }

// Entries are those that the rounds of a for add, which has no lines of its own.
func (l Looping) Entries(entries ...Entry) Entry {
	l.loop.Body = &dsl.Block{Stmts: []dsl.Stmt{&dsl.ExprStmt{X: mapOf(nil, entries)}}}
	return Entry{dsl.MapEntry{For: l.loop}}
}

// mapOf is a literal of a type, as are those in the fors among its entries.
func mapOf(t *dsl.MapType, entries []Entry) *dsl.MapLit {
	lit := &dsl.MapLit{Type: t}
	for _, e := range entries {
		lit.Entries = append(lit.Entries, e.entry)
	}
	return lit
}

// Dot is a field, or an enum's member.
func (x Expr) Dot(name string) Expr { return Expr{&dsl.SelectorExpr{X: x.x, Sel: id(name)}} }

// Maybe is a field where x isn't none.
func (x Expr) Maybe(name string) Expr {
	return Expr{&dsl.SelectorExpr{X: x.x, Optional: true, Sel: id(name)}}
}

// At is an element of a list, or a map's value.
func (x Expr) At(index any) Expr { return Expr{&dsl.IndexExpr{X: x.x, Index: expr(index)}} }

// From is part of a list or string: from lo to before hi.
func (x Expr) From(lo, hi any) Expr {
	return Expr{&dsl.SliceExpr{X: x.x, Lo: expr(lo), Hi: expr(hi)}}
}

// Op is an operation with another value, in parentheses where it needs some.
func (x Expr) Op(op dsl.BinaryOp, y any) Expr {
	return Expr{&dsl.BinaryExpr{Op: op, X: operand(x.x, op.Precedence()), Y: operand(expr(y), op.Precedence()+1)}}
}

func operand(x dsl.Expr, least int) dsl.Expr {
	switch x := x.(type) {
	case *dsl.BinaryExpr:
		if x.Op.Precedence() >= least {
			return x
		}
	case *dsl.IfExpr, *dsl.MatchExpr, *dsl.ForExpr, *dsl.ParallelExpr, *dsl.RaceExpr, *dsl.TryExpr, *dsl.LoopExpr:
	default:
		return x
	}
	return &dsl.ParenExpr{X: x}
}

// The operations that most workflows use; Op has all.
func (x Expr) Plus(y any) Expr  { return x.Op(dsl.Add, y) }
func (x Expr) Minus(y any) Expr { return x.Op(dsl.Sub, y) }
func (x Expr) Times(y any) Expr { return x.Op(dsl.Mul, y) }
func (x Expr) Over(y any) Expr  { return x.Op(dsl.Div, y) }
func (x Expr) Eq(y any) Expr    { return x.Op(dsl.Eq, y) }
func (x Expr) NotEq(y any) Expr { return x.Op(dsl.NotEq, y) }
func (x Expr) Less(y any) Expr  { return x.Op(dsl.Less, y) }
func (x Expr) AtMost(y any) Expr {
	return x.Op(dsl.LessEq, y)
}
func (x Expr) More(y any) Expr    { return x.Op(dsl.More, y) }
func (x Expr) AtLeast(y any) Expr { return x.Op(dsl.MoreEq, y) }
func (x Expr) And(y any) Expr     { return x.Op(dsl.AndAnd, y) }
func (x Expr) Or(y any) Expr      { return x.Op(dsl.OrOr, y) }
func (x Expr) In(y any) Expr      { return x.Op(dsl.In, y) }

// Default is x, or another value where x is none.
func (x Expr) Default(y any) Expr { return x.Op(dsl.Coalesce, y) }

// Not is the opposite of a condition.
func Not(x any) Expr {
	tree := expr(x)
	if _, ok := tree.(*dsl.BinaryExpr); ok {
		tree = &dsl.ParenExpr{X: tree}
	}
	return Expr{&dsl.UnaryExpr{Op: dsl.Not, X: tree}}
}

// SortBy is sort(name in list by key).
func SortBy(name string, list any, key Expr) Expr {
	return Expr{&dsl.KeyedExpr{Fun: "sort", Var: id(name), List: expr(list), Key: key.x}}
}

// GroupBy is group(name in list by key).
func GroupBy(name string, list any, key Expr) Expr {
	return Expr{&dsl.KeyedExpr{Fun: "group", Var: id(name), List: expr(list), Key: key.x}}
}

// Kind is a list or map of any as a pattern of a match over an any. Other kinds are names:
// Name("string").
func Kind(t Type) Expr { return Expr{&dsl.TypePattern{Type: t.expr}} }

// Decode is decode(type, value).
func Decode(t Type, value any) Expr {
	return Expr{&dsl.DecodeExpr{Type: t.expr, X: expr(value)}}
}

// Call calls a tool, workflow, func, builtin or conversion: Charge, or billing.Invoice of
// an imported package.
func Call(name string, args ...any) Calling {
	pkg, rest := split(name)
	call := &dsl.CallExpr{Package: pkg, Fun: rest, Args: exprs(args)}
	return Calling{Expr{call}, call}
}

// A Calling is a call; it is an expression like any other.
type Calling struct {
	Expr
	call *dsl.CallExpr
}

// Clauses adds clauses to the call.
func (c Calling) Clauses(clauses ...Clause) Calling {
	c.call.Clauses = addClauses(c.call.Clauses, clauses)
	return c
}
