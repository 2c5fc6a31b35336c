package checker

import (
	"go/token"

	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/types"
)

// A goName is a name in the Go package and where it comes from.
type goName struct {
	file *dsl.File
	at   *dsl.Ident // nil for what every package has
	what string
}

// takeGoName reserves a name in the Go package for what is declared at.
func (c *checker) takeGoName(name string, at *dsl.Ident, what string) {
	if !c.goNameFits(name, at) {
		return
	}
	if old, ok := c.goNames[name]; ok {
		c.clash(at, what, name, old)
		return
	}
	c.goNames[name] = goName{c.file, at, what}
}

func (c *checker) clash(at *dsl.Ident, what, name string, old goName) {
	d := c.report(diag.GoNameClash, at, "%s is %s in Go, and so is %s", what, name, old.what)
	label(d, old.file, old.at, "the other one")
	d.Help = "choose another name"
}

// goNameFits reports what Go has no such name for. Exported names begin with a
// capital, which a name in a script without capitals never does.
func (c *checker) goNameFits(name string, at *dsl.Ident) bool {
	reserved := name == "init" || name == "main"
	exported := name == at.Name || token.IsExported(name)
	if token.IsIdentifier(name) && !reserved && exported {
		return true
	}
	d := c.report(diag.GoNameClash, at, "%s has no name in Go", at.Name)
	switch {
	case token.IsKeyword(name):
		d.Help = name + " is a keyword of Go: choose another name"
	case reserved:
		d.Help = "a Go function " + name + " is special: choose another name"
	default:
		d.Help = "begin it with a letter that has a capital"
	}
	return false
}

// besideWorkflows reserves the names of what stands beside each workflow. Where two
// workflows are one in Go, that has been reported.
func (c *checker) besideWorkflows() {
	seen, asks := map[string]bool{}, c.asks()
	for _, w := range c.prog.Workflows {
		at := w.Decl.Name
		if at == nil || c.scope.names[at.Name] == nil || c.scope.names[at.Name].at != at || seen[w.GoName] {
			continue
		}
		seen[w.GoName] = true
		c.beside(w.GoName+"Tools", goName{w.File, at, "the interface of the tools of workflow " + w.Name})
		c.beside("Start"+w.GoName, goName{w.File, at, "the function that starts workflow " + w.Name})
		c.beside("Submit"+w.GoName, goName{w.File, at, "the function that submits workflow " + w.Name})
		c.beside(w.GoName+"InFrame", goName{w.File, at, "the function by which other packages call workflow " + w.Name})
		if asks {
			c.beside(w.GoName+"Awaits", goName{w.File, at, "what workflow " + w.Name + " awaits"})
		}
	}
	for _, e := range c.prog.Events {
		if at := e.Decl.Name; at != nil && c.scope.names[at.Name] != nil && c.scope.names[at.Name].at == at {
			c.beside("Send"+e.Type.GoName, goName{e.File, at, "the function that sends event " + e.Name})
		}
	}
}

// besideServers reserves the names of the types that have the tools of servers.
func (c *checker) besideServers() {
	seen := map[string]bool{}
	for _, t := range c.prog.Tools {
		r := t.Decl.Remote
		if r == nil || r.Server == "" || t.Decl.Name == nil {
			continue
		}
		if t.GoName == "Server" { // the type has it as a field
			c.file = t.File
			c.report(diag.GoNameClash, t.Decl.Name, "%s is Server in Go, and so is the server itself beside it", t.Name).Help = "choose another name"
		}
		if !seen[r.Server] {
			seen[r.Server] = true
			c.beside(types.Exported(r.Server)+"Server", goName{t.File, t.Decl.Name, "the type that has the tools of server " + r.Server})
		}
	}
}

// beside reserves a name for what a workflow brings with it. Where that is taken by
// a declaration, it is the declaration that has to give way.
func (c *checker) beside(name string, brought goName) {
	c.file = brought.file
	if old, taken := c.goNames[name]; taken && old.at != nil {
		c.file = old.file
		c.clash(old.at, old.what, name, brought)
		return
	}
	c.goNames[name] = brought
}

// toolNames reports tools that would be one method of an interface.
func (c *checker) toolNames() {
	methods := map[string]*Tool{}
	for _, t := range c.prog.Tools {
		c.file = t.File
		at := t.Decl.Name
		if at == nil || at.Name == "_" || !c.goNameFits(t.GoName, at) {
			continue
		}
		old := methods[t.GoName]
		if old == nil {
			methods[t.GoName] = t
		} else if old.Name != t.Name {
			c.clash(at, t.Name, t.GoName, goName{old.File, old.Decl.Name, old.Name})
		}
	}
}

// fieldGoName reports a field that Go would confuse with another one of its struct.
func (c *checker) fieldGoName(at *dsl.Ident, seen map[string]*dsl.Ident) bool {
	name := types.Exported(at.Name)
	if !token.IsExported(name) || !token.IsIdentifier(name) {
		c.report(diag.GoNameClash, at, "%s has no exported name in Go", at.Name).Help = "begin it with a letter that has a capital"
		return false
	}
	if old := seen[name]; old != nil {
		c.clash(at, at.Name, name, goName{c.file, old, old.Name})
		return false
	}
	seen[name] = at
	return true
}
