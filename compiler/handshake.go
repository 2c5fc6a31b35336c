package compiler

import (
	gotypes "go/types"
	"strings"

	"github.com/wfgen/wfgen/codegen"
	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/plan"
)

// noHandshake tells whether an error is that the runtime isn't one for the code that is
// generated now. All others can then be consequences.
func noHandshake(e gotypes.Error) bool {
	return strings.HasPrefix(e.Msg, "undefined: ") && strings.HasSuffix(e.Msg, "."+codegen.Handshake)
}

func (c *goChecker) otherRuntime() diag.Diagnostic {
	source, span := c.fallback(&plan.File{Name: codegen.SharedFile})
	return diag.Diagnostic{
		Code: diag.GoMismatch, Source: source, Span: span,
		Message: "the Go that this becomes needs another version of github.com/wfgen/wfgen than the module asks for",
		Help:    "use the wfgen of that version, with go tool wfgen; or change the version, with go get github.com/wfgen/wfgen@latest",
	}
}
