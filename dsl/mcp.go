package dsl

// An McpDecl names a server of the Model Context Protocol, by the file in which its tools are
// pinned. A tool is bound to one of them as to a Go function.
//
//	mcp github "github.mcp.json"
//	tool Find = github.search readonly
type McpDecl struct {
	Span
	Doc  string
	Name *Ident
	File *StringLit
}

// A Remote says which tool of a server a tool is, where that is known: what the pinned file has
// of it, and the names in JSON of the parameters that stand in the declaration. All is empty
// where the tool isn't to be had.
type Remote struct {
	Server, Tool string
	Pinned       string // the tool as JSON, with its schemas
	Names        []string
}

func (*McpDecl) decl() {}

// FileName is the name of the pinned file; empty where the declaration is unsound.
func (d *McpDecl) FileName() string {
	if d.File == nil || len(d.File.Parts) != 1 || d.File.Parts[0].X != nil {
		return ""
	}
	return d.File.Parts[0].Text
}
