package execute

import (
	"encoding/json"
	"fmt"
	gotypes "go/types"
	"slices"
	"strings"

	"github.com/wfgen/wfgen/internal/models"
	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/types"
)

// models are those of its package that the workflows ask.
func (c company) models() []*plan.Model {
	var asked []*plan.Model
	for _, w := range c.all() {
		for _, m := range w.Models {
			if !slices.Contains(asked, m) {
				asked = append(asked, m)
			}
		}
	}
	return asked
}

// modelNames are the names of models, and of those of the packages that they are needed from
// with them, each once: a name means one model, whoever asks it.
func modelNames(p *plan.Program, own []*plan.Model, needs []*types.Package) []string {
	var names []string
	for _, m := range own {
		if !slices.Contains(names, m.Name) {
			names = append(names, m.Name)
		}
	}
	for _, n := range needs {
		other := p.Imported[n.Path]
		for _, name := range modelNames(other, other.Models, other.Needs) {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}

// bindings are what a program makes models of that have these names, as JSON; nil where
// there are none. known are the names of all models that it has.
func bindings(c *models.Config, names, known []string) (json.RawMessage, error) {
	if c == nil {
		c = new(models.Config)
	}
	if err := c.Known(known); err != nil || len(names) == 0 {
		return nil, err
	}
	bound, err := c.Bindings(names)
	if err != nil {
		return nil, err
	}
	return json.Marshal(bound)
}

// bindModels settles which models the program makes: with mocks all, else those that the
// tools don't have, or that a flag is about. It gives what they are made of.
func (m *mainFile) bindModels(c *models.Config) (json.RawMessage, error) {
	asked, known := m.models(), modelNames(m.program, m.program.Models, m.needs())
	if m.mocked {
		m.bound = asked
		return bindings(c, modelNames(m.program, asked, m.needs()), known)
	}
	var given []*plan.Model
	if k := m.constructor; k != nil {
		given = k.gives(allTools(k.pkg), m.program.Models)
	}
	var names []string
	for _, p := range m.program.Models {
		flagged := c != nil && c.Flagged(p.Name)
		if slices.Contains(given, p) && !flagged {
			continue
		}
		isAsked := slices.Contains(asked, p)
		if !isAsked && !c.Has(p.Name) {
			if m.constructor != nil {
				m.constructor.all = false // who asks that one can't be run
			}
			continue
		}
		m.bound, names = append(m.bound, p), append(names, p.Name)
	}
	return bindings(c, names, known)
}

// goNames are the methods that give models.
func goNames(list []*plan.Model) []string {
	var names []string
	for _, m := range list {
		names = append(names, m.GoName)
	}
	return names
}

// without is an interface without the methods of some names.
func without(i *gotypes.Interface, names []string) *gotypes.Interface {
	var left []*gotypes.Func
	for k := range i.NumMethods() {
		if m := i.Method(k); !slices.Contains(names, m.Name()) {
			left = append(left, m)
		}
	}
	return gotypes.NewInterfaceType(left, nil).Complete()
}

// gives tells which of the models a type has a method for, of those that an interface has
// them for.
func (c *constructor) gives(i *gotypes.Interface, list []*plan.Model) (given []*plan.Model) {
	for _, m := range list {
		rest := slices.DeleteFunc(goNames(list), func(name string) bool { return name == m.GoName })
		for k := range i.NumMethods() {
			if i.Method(k).Name() != m.GoName {
				rest = append(rest, i.Method(k).Name())
			}
		}
		if one := without(i, rest); one.NumMethods() > 0 && gotypes.Implements(c.result, one) {
			given = append(given, m)
		}
	}
	return given
}

// boundModels writes the type of the tools where the program makes models: what the
// constructor makes, with a method for each of these.
func (m *mainFile) boundModels() {
	m.printf("\nvar models map[string]*provider.Model\n")
	if m.mocked {
		return
	}
	m.printf("\ntype made interface {\n%s}\n", m.methods())
	m.printf("\ntype bound struct{ made }\n")
	for _, b := range m.bound {
		m.printf("\nfunc (bound) %s() agent.Model { return models[%q] }\n", b.GoName, b.Name)
	}
}

// methods are what the tools are without the models that the program makes, as Go: those of
// the workflows or, where the constructor's will do for all, of the package.
func (m *mainFile) methods() string {
	c := m.constructor
	if c == nil {
		return ""
	}
	var b strings.Builder
	seen := map[string]bool{}
	for _, w := range m.all() {
		if !w.HasTools() {
			continue
		}
		i := toolsInterface(c.pkg, w)
		if c.all {
			i = allTools(c.pkg)
		}
		for k := range i.NumMethods() {
			method := i.Method(k)
			if seen[method.Name()] || slices.ContainsFunc(m.bound, func(p *plan.Model) bool { return p.GoName == method.Name() }) {
				continue
			}
			seen[method.Name()] = true
			sig := gotypes.TypeString(method.Type(), func(p *gotypes.Package) string {
				if p.Path() == c.pkg.Path() {
					return "wf"
				}
				return m.alias(p.Path())
			})
			fmt.Fprintf(&b, "%s%s\n", method.Name(), strings.TrimPrefix(sig, "func"))
		}
	}
	return b.String()
}

// boundType is the interface of the tools with the models that the program makes.
func (m *mainFile) boundType() string {
	text := "interface {\nmade\n"
	for _, b := range m.bound {
		text += b.GoName + "() agent.Model\n"
	}
	return text + "}"
}

// bind is the field that makes the models; empty where the program makes none.
func (m *mainFile) bind() string {
	if len(m.bound) == 0 && !m.mocksModels() {
		return ""
	}
	return "Bind: func(data []byte) (err error) {\nmodels, err = provider.OpenAll(data)\nreturn err\n},\n"
}
