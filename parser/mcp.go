package parser

import (
	"github.com/alecthomas/participle/v2/lexer"

	"github.com/wfgen/wfgen/dsl"
)

// isMcp tells whether a server of MCP is declared at a token, which begins a line: no other
// line at the top of a file begins with two names.
func isMcp(t, after *lexer.Token) bool {
	return t.Type == identToken && t.Value == "mcp" && isName(after)
}

// mcpDecl parses mcp NAME "file".
func (p *parser) mcpDecl() dsl.Decl {
	const help = `a server is declared with the file that wfgen mcp pin has written: mcp github "github.mcp.json"`
	start := p.start
	p.next()
	d := &dsl.McpDecl{Doc: p.doc(start), Name: ident(p.next())}
	if p.peek().Type != strOpenToken {
		p.wanted("a string", help)
		return nil
	}
	file, ok := p.stringLit().(*dsl.StringLit)
	if !ok || p.broken {
		return nil
	}
	d.File = file
	d.Span = p.from(start)
	return d
}
