package compat

import (
	"strings"

	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/types"
)

// What a step's inputs are hashed by has no fields that have their defaults: a field that
// a type gets with a default changes no hash. So texts have two readings: the whole, of
// which fingerprints are made, and the lean one, in which literals don't say what fields
// are by default anyhow, and which two sources are compared by. Where they differ, a text
// has the whole's part and the lean one's, in marks that nothing else has.
const (
	wholePart = '\x01'
	leanPart  = '\x02'
	partsEnd  = '\x03'
)

func either(whole, lean string) string {
	if whole == lean {
		return whole
	}
	return string(wholePart) + whole + string(leanPart) + lean + string(partsEnd)
}

// whole is what a text says of all fields, and lean of those that needn't have their
// defaults.
func whole(text string) string { return reading(text, wholePart) }
func lean(text string) string  { return reading(text, leanPart) }

func reading(text string, want byte) string {
	if strings.IndexByte(text, wholePart) < 0 {
		return text
	}
	var b strings.Builder
	var open []byte // the parts that this is in, one within the other
	hidden := 0     // how many of them aren't wanted
	for i := range len(text) {
		c := text[i]
		if c > partsEnd || c == 0 {
			if hidden == 0 {
				b.WriteByte(c)
			}
			continue
		}
		if c != wholePart {
			if open[len(open)-1] != want {
				hidden--
			}
			open = open[:len(open)-1]
		}
		if c != partsEnd {
			open = append(open, c)
			if c != want {
				hidden++
			}
		}
	}
	return b.String()
}

// field writes the value of a field in a literal.
func (p *printer) field(x *plan.StructLit, f plan.FieldValue) {
	start := len(p.text)
	p.list("set", f.Field.Name, f.X)
	if t, ok := x.Typ.(*types.Struct); ok && x.Spread == nil && p.hasDefault(t, f) {
		text := either(string(p.text[start:]), "")
		p.text = append(p.text[:start], text...)
	}
}

// hasDefault tells whether a literal gives a field its default.
func (p *printer) hasDefault(t *types.Struct, f plan.FieldValue) bool {
	of := p.d.structOf(t)
	if of == nil {
		return false
	}
	for i, g := range t.Fields {
		if g.Name == f.Field.Name && of.Defaults[i] != nil {
			is, def := p.d.printer(p.refs), p.d.printer(p.refs)
			is.expr(f.X)
			def.expr(of.Defaults[i])
			return string(is.text) == string(def.text)
		}
	}
	return false
}

// A declField is a field of a declared struct as a text has it.
type declField struct {
	text string
	// mayMiss tells that values which lack it are as those that have it: it has a default,
	// or is optional.
	mayMiss bool
}

// hasGrown tells whether a struct has all that it had, in the same order, and nothing more
// but fields that a value may lack.
func (x *decl) hasGrown(y *decl) bool {
	if !same(x.rest, y.rest) || len(x.fields) == 0 && len(y.fields) == 0 {
		return false
	}
	rest := x.fields
	for _, f := range y.fields {
		switch {
		case len(rest) > 0 && same(rest[0].text, f.text):
			rest = rest[1:]
		case !f.mayMiss:
			return false
		}
	}
	return len(rest) == 0
}

// madeByGo tells whether Go behind a func may make a value of a type: it may leave a new
// field at Go's zero, and not at its default.
func (d declarations) madeByGo(key string) bool {
	for _, f := range d {
		if !f.goFunc {
			continue
		}
		for _, touched := range d.closure(f.touches) {
			if touched == key {
				return true
			}
		}
	}
	return false
}
