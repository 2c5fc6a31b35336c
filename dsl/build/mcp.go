package build

import "github.com/wfgen/wfgen/dsl"

// Mcp declares a server of the Model Context Protocol, by its pinned file.
func (f *File) Mcp(name, file string) {
	f.add(&dsl.McpDecl{Name: id(name), File: &dsl.StringLit{Parts: []dsl.StringPart{{Text: file}}}})
}
