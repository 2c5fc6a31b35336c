package checker

import (
	"strings"

	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/types"
)

// closedOff gives the Go type in t that the package's Go can't name, since it is declared
// in another one's internal packages; nil where there is none. An alias, the result of a
// function or a field of a struct may lead there all the same.
func (c *checker) closedOff(t types.Type) *types.Go {
	switch t := t.(type) {
	case *types.List:
		return c.closedOff(t.Elem)
	case *types.Optional:
		return c.closedOff(t.Elem)
	case *types.Map:
		if g := c.closedOff(t.Key); g != nil {
			return g
		}
		return c.closedOff(t.Elem)
	case *types.Go:
		if t.Package != nil && !mayImport(c.around.Path, t.Path) {
			return t
		}
	}
	return nil
}

// mayImport tells whether the package of one path may import that of another, as far as
// directories called internal and vendor have a say.
func mayImport(from, path string) bool {
	elems := strings.Split(path, "/")
	if elems[0] == "vendor" { // Go's own copies
		return false
	}
	for i := len(elems) - 1; i >= 0; i-- {
		if elems[i] == "internal" {
			parent := strings.Join(elems[:i], "/")
			return parent != "" && (from == parent || strings.HasPrefix(from, parent+"/"))
		}
	}
	return true
}

// internalOf says of a type that can't be named why not.
func internalOf(g *types.Go) string {
	return g.String() + " is of the internal package " + g.Path + ", which is closed to this one"
}

// closedOffType reports a type that can't be named where it is used, and tells whether it did.
func (c *checker) closedOffType(at dsl.Node, what string, t types.Type) bool {
	g := c.closedOff(t)
	if g == nil {
		return false
	}
	d := c.report(diag.BadGoType, at, "%s can't be used here: %s", what, internalOf(g))
	d.Help = "declare a type outside of the internal package, and turn one into the other in Go"
	return true
}
