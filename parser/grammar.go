package parser

import (
	"errors"
	"strings"

	"github.com/alecthomas/participle/v2"
	"github.com/alecthomas/participle/v2/lexer"

	"github.com/wfgen/wfgen/diag"
)

// The productions. They are the concrete grammar of what has no lists, blocks
// or expressions in it; nothing outside this package sees them.

type packageClause struct {
	Word lexer.Token `parser:"@'package':Word"`
	Name lexer.Token `parser:"@(Ident | Clause)"`
}

type declHead struct {
	Word lexer.Token `parser:"@Word"`
	Name lexer.Token `parser:"@(Ident | Clause)"`
}

type paramNode struct {
	Name lexer.Token `parser:"@(Ident | Clause)"`
	Type *typeNode   `parser:"@@"`
}

type fieldNode struct {
	Name lexer.Token `parser:"@(Ident | Clause | Word)"`
	Type *typeNode   `parser:"@@"`
}

type typeNode struct {
	Prefixes []*typePrefix `parser:"@@*"`
	Base     *typeBase     `parser:"@@"`
	Marks    []markNode    `parser:"@@*"`
}

type markNode struct {
	Mark lexer.Token `parser:"@'?':Punct"`
}

type typePrefix struct {
	List *listPrefix `parser:"  @@"`
	Map  *mapPrefix  `parser:"| @@"`
}

type listPrefix struct {
	Open lexer.Token `parser:"@'[':Punct"`
	End  lexer.Token `parser:"@']':Punct"`
}

type mapPrefix struct {
	Word lexer.Token `parser:"@'map':Ident '[':Punct"`
	Key  *typeNode   `parser:"@@ ']':Punct"`
}

type typeBase struct {
	Name  *typeName   `parser:"  @@"`
	Open  lexer.Token `parser:"| @'(':Punct"`
	Inner *typeNode   `parser:"@@"`
	Close lexer.Token `parser:"@')':Punct"`
}

type typeName struct {
	Name lexer.Token `parser:"@(Ident | Clause)"`
	Sel  *selNode    `parser:"@@?"`
}

type selNode struct {
	Dot  lexer.Token `parser:"@'.':Punct"`
	Name lexer.Token `parser:"@(Ident | Clause)"`
}

type nameNode struct {
	Name lexer.Token `parser:"@(Ident | Clause)"`
}

type forHead struct {
	Word  lexer.Token `parser:"@'for':Word"`
	First *nameNode   `parser:"@@"`
	Last  *nameNode   `parser:"(',':Punct @@)? 'in':Word"`
}

var (
	packageGrammar = build[packageClause]()
	declGrammar    = build[declHead]()
	paramGrammar   = build[paramNode]()
	fieldGrammar   = build[fieldNode]()
	typeGrammar    = build[typeNode]()
	forGrammar     = build[forHead]()
)

func build[T any]() *participle.Parser[T] {
	return participle.MustBuild[T](participle.Lexer(definition{}))
}

// production parses a T. What it gives is whole only if no fault was found.
// First says what a T begins with.
func production[T any](p *parser, grammar *participle.Parser[T], first, help string) (*T, bool) {
	if p.broken {
		return nil, false
	}
	node, err := grammar.ParseFromLexer(p.lex, participle.AllowTrailing(true))
	if err == nil {
		return node, true
	}
	p.mismatch(err, first, help)
	return node, false
}

// mismatch says in the language's words where a production failed.
func (p *parser) mismatch(err error, first, help string) {
	var unexpected *participle.UnexpectedTokenError
	if !errors.As(err, &unexpected) {
		p.fault(diag.NestedTooDeep, spanOf(p.peek()), "this is too long to be read", "")
		return
	}
	p.jump(p.indexOf(unexpected.Unexpected.Pos.Offset))
	p.wanted(wantedWords(unexpected.Message(), first), help)
}

// indexOf is the token at or behind offset, not before the next one.
func (p *parser) indexOf(offset int) int {
	i := p.index()
	for p.tokens[i].Pos.Offset < offset {
		i++
	}
	return i
}

// wantedWords says what participle expected: the first thing of the rest of the
// production, which its message shows, or else what the production begins with.
func wantedWords(message, first string) string {
	_, rest, more := strings.Cut(message, "(expected ")
	rest = strings.TrimLeft(rest, "( ")
	switch {
	case !more:
		return first
	case strings.HasPrefix(rest, "<"), strings.HasPrefix(rest, "NameNode"), strings.HasPrefix(rest, "SelNode"):
		return "a name"
	case strings.HasPrefix(rest, `"`):
		sign, _, _ := strings.Cut(rest[1:], `"`)
		return "`" + sign + "`"
	}
	return "a type"
}
