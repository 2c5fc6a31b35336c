package plan

import (
	"cmp"
	"slices"

	"github.com/wfgen/wfgen/checker"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/types"
)

// foreign plans a workflow of another package: what its own package's plan says of
// it, with parameters and result as they look from here.
func (l *lowerer) foreign(w *checker.Workflow) *Workflow {
	other := l.plans(w.Program)
	l.out.Imported[w.Package.Path] = other.out
	of := other.workflow(w.Of)
	out := *of
	out.Package, out.Params, out.Result = w.Package, l.params(w.Params), w.Result
	l.workflows[w] = &out
	l.owed[&out] = other.owed[of]
	return &out
}

// plans gives the plan of another package, made when it is first asked for.
func (l *lowerer) plans(p *checker.Program) *lowerer {
	if l.others.made[p] == nil {
		l.others.made[p] = lower(p, l.others)
	}
	return l.others.made[p]
}

// HasTools tells whether the workflow's Go function takes tools: those that it
// reaches itself, models among them, or those of other packages.
func (w *Workflow) HasTools() bool { return len(w.Tools) > 0 || len(w.Models) > 0 || len(w.Needs) > 0 }

// needsIn are the other packages whose tools a body reaches, sorted by path.
func needsIn(body *Block) []*types.Package {
	var out []*types.Package
	note := func(w *Workflow) {
		switch {
		case w == nil:
		case w.Package == nil:
			out = append(out, w.Needs...)
		case w.HasTools():
			out = append(out, w.Package)
		}
	}
	Inspect(body, func(n *Node) {
		if c, ok := n.Op.(*Call); ok {
			note(c.Workflow)
			if c.Undo != nil {
				note(c.Undo.Workflow)
			}
		}
	}, nil)
	return byPath(out)
}

func needs(ws []*Workflow) []*types.Package {
	var out []*types.Package
	for _, w := range ws {
		out = append(out, w.Needs...)
	}
	return byPath(out)
}

func byPath(ps []*types.Package) []*types.Package {
	slices.SortFunc(ps, func(a, b *types.Package) int { return cmp.Compare(a.Path, b.Path) })
	return slices.Compact(ps)
}

// GoTypes are the types written in Go that aren't numbers, strings or bools, sorted by
// package and name.
func (p *Program) GoTypes() []*types.Go {
	v := p.visited()
	slices.SortFunc(v.goTypes, func(a, b *types.Go) int {
		return cmp.Or(cmp.Compare(pathOf(a.Package), pathOf(b.Package)), cmp.Compare(a.Name, b.Name))
	})
	return v.goTypes
}

func pathOf(p *types.Package) string {
	if p == nil {
		return ""
	}
	return p.Path
}

// Packages are all packages that the program's Go names: of types, of bound functions
// and of workflows, sorted by path.
func (p *Program) Packages() []*types.Package { return byPath(p.visited().out) }

// visited looks at everything that the program's Go names.
func (p *Program) visited() *packagesIn {
	v := &packagesIn{seen: map[*types.Package]bool{}}
	for _, s := range p.Structs {
		for _, f := range s.Type.Fields {
			v.typ(f.Type)
		}
	}
	for _, t := range p.Tools {
		v.signature(t.Params, t.Result, t.Go)
	}
	for _, f := range p.Funcs {
		v.signature(f.Params, f.Result, f.Go)
		if f.Body != nil {
			f.Body.Walk(v.expr)
		}
	}
	for _, w := range p.Workflows {
		v.signature(w.Params, w.Result, nil)
		Inspect(w.Body, v.node, v.expr)
	}
	return v
}

type packagesIn struct {
	seen    map[*types.Package]bool
	out     []*types.Package
	goTypes []*types.Go
}

func (v *packagesIn) add(p *types.Package) {
	if p != nil && p.Name != "" && !v.seen[p] {
		v.seen[p] = true
		v.out = append(v.out, p)
	}
}

func (v *packagesIn) typ(t types.Type) {
	switch t := t.(type) {
	case *types.List:
		v.typ(t.Elem)
	case *types.Map:
		v.typ(t.Key)
		v.typ(t.Elem)
	case *types.Optional:
		v.typ(t.Elem)
	case *types.Struct:
		v.add(t.Package)
	case *types.Union:
		v.add(t.Package)
	case *types.Enum:
		v.add(t.Package)
	case *types.Go:
		v.add(t.Package)
		if t.Under == nil && !slices.Contains(v.goTypes, t) {
			v.goTypes = append(v.goTypes, t)
		}
	}
}

func (v *packagesIn) signature(params []*Variable, result types.Type, f *GoFunc) {
	for _, p := range params {
		v.typ(p.Type)
	}
	v.typ(result)
	if f != nil {
		v.add(f.Package)
	}
}

func (v *packagesIn) expr(x Expr) {
	v.typ(x.Type())
	if e, ok := x.(*Member); ok {
		v.typ(e.Typ)
	}
}

func (v *packagesIn) node(n *Node) {
	if n.Binds != nil {
		v.typ(n.Binds.Type)
	}
	switch c := n.Op.(type) {
	case *Converse:
		v.typ(c.Result)
		for _, o := range c.Offers {
			v.signature(o.Params, types.Basics[types.Nothing], nil)
		}
	case *Call:
		for _, w := range []*Workflow{c.Workflow, undone(c)} {
			if w != nil && w.Package != nil {
				v.add(w.Package)
				v.signature(w.Params, w.Result, nil)
			}
		}
	}
}

func undone(c *Call) *Workflow {
	if c.Undo == nil {
		return nil
	}
	return c.Undo.Workflow
}

// fieldsOf gives the fields of a literal's type, and their defaults; nil for a field
// that stays as Go makes it.
func (b *builder) fieldsOf(x *dsl.StructLit) ([]*types.Field, func(i int) Expr) {
	switch t := b.info.Types[x].(type) {
	case *types.Struct:
		if home := b.info.Homes[x]; home != nil {
			return t.Fields, func(i int) Expr { return b.foreignDefault(home, t, i) }
		}
		return t.Fields, func(i int) Expr {
			if s := b.structs[t]; s != nil {
				return s.Defaults[i]
			}
			return nil // the language's own have none
		}
	case *types.Go:
		return t.Fields, func(int) Expr { return nil }
	}
	panic("internal error: a literal of " + b.info.Types[x].String())
}

// foreignDefault is the default of a field of another package's type.
func (l *lowerer) foreignDefault(home *checker.Program, t *types.Struct, i int) Expr {
	for _, s := range l.plans(home).out.Structs {
		if s.Type.Name == t.Name && s.Defaults[i] != nil {
			return moved(s.Defaults[i], t.Fields[i].Type)
		}
	}
	return nil
}

// moved is a constant expression of another package with the types that this one sees.
func moved(x Expr, to types.Type) Expr {
	switch x := x.(type) {
	case *Member:
		return &Member{T{to}, x.Name}
	case *None:
		return &None{T{to}}
	case *Some:
		return &Some{T{to}, moved(x.X, to.(*types.Optional).Elem)}
	case *ListLit:
		out := &ListLit{T: T{to}}
		for _, e := range x.Elems {
			out.Elems = append(out.Elems, moved(e, to.(*types.List).Elem))
		}
		return out
	case *MapLit:
		out := &MapLit{T: T{to}}
		m := to.(*types.Map)
		for i := range x.Keys {
			out.Keys = append(out.Keys, moved(x.Keys[i], m.Key))
			out.Values = append(out.Values, moved(x.Values[i], m.Elem))
		}
		return out
	case *StructLit:
		out := &StructLit{T: T{to}}
		for _, f := range x.Fields {
			field := to.(*types.Struct).Field(f.Field.Name)
			out.Fields = append(out.Fields, FieldValue{field, moved(f.X, field.Type)})
		}
		return out
	}
	return x
}

// plain is an expression of a named Go number, string or bool as one of the type that
// is underneath.
func plain(x Expr) Expr {
	if t := types.Under(x.Type()); t != x.Type() {
		return &Convert{T{t}, x, Pos{}}
	}
	return x
}

// convert is a conversion. To and from a named Go type it goes by way of what is
// underneath.
func convert(to types.Type, x Expr, at Pos) Expr {
	x = plain(x)
	under := types.Under(to)
	if !types.Identical(x.Type(), under) {
		x = &Convert{T{under}, x, at}
	}
	if under != to {
		x = &Convert{T{to}, x, at}
	}
	return x
}
