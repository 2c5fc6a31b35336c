package interp

import (
	"fmt"
	"slices"

	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/runtime/pure"
	"github.com/wfgen/wfgen/types"
)

// foreign are the structs of other packages that a program names.
func (p *Program) foreign() []*types.Struct {
	var out []*types.Struct
	walkTypes(p.plan, func(t types.Type, _ plan.Pos) {
		if s, ok := t.(*types.Struct); ok && declaredElsewhere(s) && !slices.Contains(types.Predeclared, s) {
			out = append(out, s)
		}
	})
	return out
}

// declaredElsewhere tells whether a type is another package's.
func declaredElsewhere(t types.Type) bool {
	switch t := t.(type) {
	case *types.Struct:
		return t.Package != nil
	case *types.Union:
		return t.Package != nil
	case *types.Enum:
		return t.Package != nil
	}
	return false
}

// adopt lays out a struct of another package as that package does, so that values go
// from one to the other as they are.
func (p *Program) adopt(t *types.Struct) error {
	for i, f := range t.Fields {
		p.places[f] = i
	}
	if other := p.imported[t.Package.Path]; other != nil {
		for _, s := range other.plan.Structs {
			if s.Type.Name == t.Name {
				p.layouts[t], p.homes[t] = other.layouts[s.Type], s.Type
				return nil
			}
		}
	}
	for _, f := range t.Fields {
		if f.HasDefault && !f.Rest {
			return fmt.Errorf("%s can't be interpreted: it has defaults, and no workflow of its package is called", t)
		}
	}
	p.layouts[t] = &layout{
		fields: t.Fields, shape: pure.RecordShape(), decl: &plan.Struct{Type: t, Defaults: make([]plan.Expr, len(t.Fields))},
	}
	return nil
}

// home is a struct as the package that declares it has it.
func (p *Program) home(t *types.Struct) *types.Struct {
	if h := p.homes[t]; h != nil {
		return h
	}
	return t
}

// link finds the workflow of another package that a step calls; w may be nil.
func (p *Program) link(w *plan.Workflow) {
	if w == nil || w.Package == nil {
		return
	}
	other := p.imported[w.Package.Path]
	for _, of := range other.plan.Workflows {
		if of.Name == w.Name {
			p.workflows[w] = other.workflows[of]
		}
	}
}
