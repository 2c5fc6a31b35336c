package codegen

import (
	"slices"

	"github.com/dave/jennifer/jen"

	"github.com/wfgen/wfgen/plan"
)

// What a reader of generated code has to be told stands once in each file, where it is met.
const (
	guideWorkflows = "Each workflow is one function, with the lines of the source above what comes of them.\n" +
		"Its *runtime.Frame is where an execution stands, and Enter lets interceptors come in.\n" +
		"The constants at the end of the file are places in the source."
	guideProducts = "\nfloat64(a*b) keeps a machine from fusing a product with a sum, so that the result is\n" +
		"the same on every one."
)

// guide is what a file, when all else in it is written, says to its readers; none for one without
// workflows.
func (g *generator) guide(file string) []jen.Code {
	if !slices.ContainsFunc(g.program.Workflows, func(w *plan.Workflow) bool { return w.Pos.File == file }) {
		return nil
	}
	if g.products {
		return []jen.Code{doc(guideWorkflows + guideProducts)}
	}
	return []jen.Code{doc(guideWorkflows)}
}
