package checker

import (
	"github.com/wfgen/wfgen/dsl"
)

// pathOf gives the path that an expression names; ok is false for any other.
func (c *checker) pathOf(x dsl.Expr) (p path, ok bool) {
	switch x := x.(type) {
	case *dsl.Ident:
		if e := c.scope.lookup(x.Name); e != nil {
			v, isVar := e.obj.(*Var)
			return path{v: v}, isVar
		}
	case *dsl.ParenExpr:
		return c.pathOf(x.X)
	case *dsl.SelectorExpr:
		p, ok := c.pathOf(x.X)
		if ok && x.Sel != nil {
			p.fields += "." + x.Sel.Name
			return p, true
		}
	}
	return path{}, false
}

// known are the paths that aren't none where a condition is true, or false.
func (c *checker) known(x dsl.Expr, truth bool) []path {
	switch x := x.(type) {
	case *dsl.ParenExpr:
		return c.known(x.X, truth)
	case *dsl.UnaryExpr:
		if x.Op == dsl.Not {
			return c.known(x.X, !truth)
		}
	case *dsl.BinaryExpr:
		switch {
		case x.Op == dsl.AndAnd && truth, x.Op == dsl.OrOr && !truth:
			return append(c.known(x.X, truth), c.known(x.Y, truth)...)
		case x.Op == dsl.NotEq && truth, x.Op == dsl.Eq && !truth:
			return c.comparedWithNone(x)
		}
	}
	return nil
}

// comparedWithNone gives the path that is compared with none. Where it goes through
// ?., what stands before is no none either.
func (c *checker) comparedWithNone(x *dsl.BinaryExpr) []path {
	other := x.X
	if isNone(x.X) {
		other = x.Y
	} else if !isNone(x.Y) {
		return nil
	}
	if isInvalid(c.info.Types[other]) {
		return []path{anyPath}
	}
	var ps []path
	for other != nil {
		p, ok := c.pathOf(other)
		if !ok {
			return nil
		}
		ps = append(ps, p)
		s, ok := other.(*dsl.SelectorExpr)
		if !ok || !throughOptional(s) {
			break
		}
		other = s.X
	}
	return ps
}

func throughOptional(s *dsl.SelectorExpr) bool {
	if s.Optional {
		return true
	}
	inner, ok := s.X.(*dsl.SelectorExpr)
	return ok && throughOptional(inner)
}

func isNone(x dsl.Expr) bool {
	switch x := x.(type) {
	case *dsl.BasicLit:
		return x.Kind == dsl.NoneLit
	case *dsl.ParenExpr:
		return isNone(x.X)
	}
	return false
}
