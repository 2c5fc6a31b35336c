package plan

// InFrameName is the name in Go by which the generated code of other packages reaches a
// workflow that needs an engine.
func (w *Workflow) InFrameName() string { return w.GoName + "InFrame" }

// AwaitsName is the name in Go by which the generated code of other packages reaches what a
// workflow that has filters awaits.
func (w *Workflow) AwaitsName() string { return w.GoName + "Awaits" }

// GoFunc is the function that runs a workflow, as the Go of other packages writes it. One
// that needs an engine is asked for with a frame, which may be nil where mocks play that.
func (w *Workflow) GoFunc(frame string) string {
	if w.NeedsEngine {
		return w.InFrameName() + "(" + frame + ")"
	}
	return w.GoName
}

// GoNames are the names that the program's declarations have in Go, in the order
// types, unions, enums with their constants, funcs, workflows with their interfaces
// and the functions around them, of which one that needs an engine has others.
func (p *Program) GoNames() []string {
	names := []string{"Tools", "Workflows"}
	for _, s := range p.Structs {
		names = append(names, s.Type.GoName)
	}
	for _, u := range p.Unions {
		names = append(names, u.Type.GoName)
	}
	for _, e := range p.Enums {
		names = append(names, e.Type.GoName)
		for _, m := range e.Type.Members {
			names = append(names, e.Type.GoMember(m))
		}
	}
	for _, f := range p.Funcs {
		if f.Go == nil {
			names = append(names, f.GoName)
		}
	}
	for _, w := range p.Workflows {
		names = append(names, w.GoName, w.GoName+"Tools", "Start"+w.GoName, "Submit"+w.GoName, w.InFrameName())
		if w.Filters() {
			names = append(names, w.AwaitsName())
		}
	}
	for _, e := range p.Events {
		names = append(names, "Send"+e.Type.GoName)
	}
	return names
}
