package checker

import (
	"slices"

	"github.com/wfgen/wfgen/diag"
)

// recursion reports funcs and workflows that call themselves, each ring once, with
// the whole way round.
func (c *checker) recursion() {
	done := map[Object]bool{}
	var way []callSite // each with the caller in place of the callee
	var visit func(o Object)
	visit = func(o Object) {
		if i := slices.IndexFunc(way, func(s callSite) bool { return s.callee == o }); i >= 0 {
			c.ring(way[i:])
			return
		}
		if done[o] {
			return
		}
		for _, site := range c.calls[o] {
			way = append(way, callSite{o, site.file, site.name})
			visit(site.callee)
			way = way[:len(way)-1]
		}
		done[o] = true
	}
	for _, f := range c.prog.Funcs {
		visit(f)
	}
	for _, w := range c.prog.Workflows {
		visit(w)
	}
}

func (c *checker) ring(way []callSite) {
	first := objectName(way[0].callee)
	text := ""
	for _, site := range way {
		text += objectName(site.callee) + " -> "
	}
	c.file = way[0].file
	d := c.report(diag.Recursion, way[0].name, "%s calls itself: %s%s", first, text, first)
	d.Help = "repeat with a for, or inside a tool"
	for _, site := range way[1:] {
		label(d, site.file, site.name, "%s calls %s here", objectName(site.callee), site.name.Name)
	}
}

func objectName(o Object) string {
	switch o := o.(type) {
	case *Func:
		return o.Name
	case *Workflow:
		return o.Name
	}
	return ""
}
