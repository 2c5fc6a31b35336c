package parser

import (
	"io"

	"github.com/alecthomas/participle/v2/lexer"

	"github.com/wfgen/wfgen/dsl"
)

// A definition is the lexer as participle sees it.
type definition struct{}

// Symbols names the kinds of tokens that productions can use.
func (definition) Symbols() map[string]lexer.TokenType {
	return map[string]lexer.TokenType{
		"EOF": lexer.EOF, "Ident": identToken, "Clause": clauseToken, "Word": wordToken, "Punct": punctToken,
	}
}

// Lex is part of participle's interface; the parser itself calls upgrade.
func (definition) Lex(_ string, r io.Reader) (lexer.Lexer, error) {
	b, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	text := string(b)
	return &stream{text, significant(text, scanText(text).tokens)}, nil
}

// A stream hands out tokens one by one.
type stream struct {
	text   string
	tokens []token
}

func (s *stream) Next() (lexer.Token, error) {
	t := s.tokens[0]
	if t.kind != lexer.EOF {
		s.tokens = s.tokens[1:]
	}
	pos := lexer.Position{Offset: int(t.start)}
	return lexer.Token{Type: t.kind, Value: t.text(s.text), Pos: pos}, nil
}

func upgrade(text string, tokens []token) *lexer.PeekingLexer {
	lex, _ := lexer.Upgrade(&stream{text, tokens}) // a stream has no errors
	return lex
}

func spanOf(t *lexer.Token) dsl.Span {
	return dsl.Span{Start: t.Pos.Offset, End: t.Pos.Offset + len(t.Value)}
}
