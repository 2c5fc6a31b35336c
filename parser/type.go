package parser

import "github.com/wfgen/wfgen/dsl"

// typeExpr makes the tree of a type that has just been parsed.
func (p *parser) typeExpr(node *typeNode) dsl.TypeExpr {
	t, _ := p.foldType(node)
	return t
}

// foldType makes the tree of a type and its span, which parentheses make larger
// than the tree's own. The marks bind tightest, then the prefixes from right to left.
func (p *parser) foldType(node *typeNode) (dsl.TypeExpr, dsl.Span) {
	if len(node.Prefixes)+len(node.Marks) > maxNesting {
		p.tooDeep(p.here())
		return &dsl.BadType{Span: p.here()}, p.here()
	}
	t, span := p.foldBase(node.Base)
	for i := range node.Marks {
		span = span.To(spanOf(&node.Marks[i].Mark))
		t = &dsl.OptionalType{Span: span, Elem: t}
	}
	for i := len(node.Prefixes) - 1; i >= 0; i-- {
		t, span = p.foldPrefix(node.Prefixes[i], t, span)
	}
	return t, span
}

func (p *parser) foldBase(base *typeBase) (dsl.TypeExpr, dsl.Span) {
	if base.Name != nil {
		t := &dsl.NamedType{Name: ident(&base.Name.Name)}
		if sel := base.Name.Sel; sel != nil {
			t.Package, t.Name = t.Name, ident(&sel.Name)
		}
		return t, t.Place()
	}
	t, _ := p.foldType(base.Inner)
	return t, spanOf(&base.Open).To(spanOf(&base.Close))
}

func (p *parser) foldPrefix(prefix *typePrefix, elem dsl.TypeExpr, span dsl.Span) (dsl.TypeExpr, dsl.Span) {
	if prefix.List != nil {
		span = spanOf(&prefix.List.Open).To(span)
		return &dsl.ListType{Span: span, Elem: elem}, span
	}
	span = spanOf(&prefix.Map.Word).To(span)
	key, _ := p.foldType(prefix.Map.Key)
	return &dsl.MapType{Span: span, Key: key, Elem: elem}, span
}
