// Package parser turns the text of one .wf file into the tree of package dsl,
// together with a diagnostic for each fault of the text's form. It always gives
// a tree, however unsound the text: what couldn't be read is a Bad node, and
// the rest is as if it stood alone. It doesn't know what names mean, reads no
// files and changes nothing outside its results.
//
// A hand-written lexer cuts the text into tokens without ever failing. On them
// work participle's productions, for the heads of declarations, for parameters,
// fields and types, and methods written by hand for everything that must go on
// after a fault: lists, blocks and expressions.
package parser

import (
	"bytes"
	"fmt"
	"unicode/utf8"

	"github.com/alecthomas/participle/v2/lexer"

	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
)

// maxBytes is the size up to which a file is parsed.
const maxBytes = 8 << 20

// Parse gives the tree of text and what is wrong with its form, in source order.
// The file is never nil; path names it in messages and is not opened.
func Parse(path string, text []byte) (*dsl.File, []diag.Diagnostic) {
	p := &parser{source: dsl.NewSource(path, string(text))}
	file := &dsl.File{Source: p.source}
	if p.readable(text) {
		p.parse(file)
	}
	file.Unsound = len(p.found) > 0
	return file, diag.Sorted(p.found)
}

// parse fills a file. A panic, be it ours or participle's, ends in a diagnostic.
func (p *parser) parse(file *dsl.File) {
	defer func() {
		if r := recover(); r != nil {
			p.report(diag.Syntax, dsl.Span{Start: p.start, End: p.start},
				fmt.Sprintf("internal error: the parser stopped here: %v", r), "please report this, with the file")
		}
	}()
	scan := scanText(p.source.Text)
	file.Comments = comments(p.source.Text, scan.tokens)
	tokens := significant(p.source.Text, scan.tokens)
	p.scanFaults, p.cut = scan.faults, scan.cut
	p.found = append(p.found, p.scanDiagnostics()...)
	if !p.shallow(tokens) {
		file.Decls = []dsl.Decl{&dsl.BadDecl{Span: dsl.Span{End: len(p.source.Text)}}}
		return
	}
	p.begin(tokens, file.Comments)
	p.file(file)
}

// A parser is the state of one parse.
type parser struct {
	source   *dsl.Source
	comments []dsl.Comment
	lex      *lexer.PeekingLexer
	tokens   []lexer.Token // the same tokens as lex has
	partner  []int         // of a bracket: the index of its other half, -1 where it has none

	scanFaults []scanFault
	cut        bool // an unclosed string or comment reaches to the file's end

	found  []diag.Diagnostic
	start  int  // where the current statement or declaration begins
	broken bool // it has a fault: the parser stays silent until it is left
	header bool // in a block's header, where { begins the block
	depth  int  // how many brackets are open
	arm    bool // in an arm of a match without braces, where a comma ends it
}

// readable reports what keeps the text from being one at all.
func (p *parser) readable(text []byte) bool {
	if len(text) > maxBytes {
		p.report(diag.UnreadableText, dsl.Span{},
			fmt.Sprintf("the file has %d bytes, more than the %d that are read", len(text), maxBytes), "split it into several files of the same package")
		return false
	}
	if i := bytes.IndexByte(text, 0); i >= 0 {
		p.report(diag.UnreadableText, dsl.Span{Start: i, End: i + 1}, "the file has a zero byte, which no text has", "")
		return false
	}
	if utf8.Valid(text) {
		return true
	}
	i := invalidUTF8(text)
	p.report(diag.UnreadableText, dsl.Span{Start: i, End: i + 1}, fmt.Sprintf("the byte 0x%02x isn't UTF-8", text[i]), "save the file as UTF-8")
	return false
}

func invalidUTF8(text []byte) int {
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && size <= 1 {
			return i
		}
		i += size
	}
	return len(text)
}

func (p *parser) begin(tokens []token, comments []dsl.Comment) {
	p.comments = comments
	p.partner = partners(p.source.Text, tokens)
	p.lex = upgrade(p.source.Text, tokens)
	p.tokens = p.lex.Range(0, lexer.RawCursor(len(tokens)))
}

// index is the place of the next token among the tokens.
func (p *parser) index() int { return int(p.lex.RawCursor()) }

func (p *parser) peek() *lexer.Token { return p.lex.Peek() }

// ahead is the token n after the next one.
func (p *parser) ahead(n int) *lexer.Token {
	return &p.tokens[min(p.index()+n, len(p.tokens)-1)]
}

func (p *parser) next() *lexer.Token { return p.lex.Next() }

// jump makes the token at index the next one. It only goes forward.
func (p *parser) jump(index int) {
	if index > p.index() {
		p.lex.FastForward(lexer.RawCursor(index - 1))
	}
}

// at tells whether the next token is the word or sign text.
func (p *parser) at(text string) bool { return is(p.peek(), text) }

// accept takes the next token if it is the word or sign text.
func (p *parser) accept(text string) bool {
	if !p.at(text) {
		return false
	}
	p.next()
	return true
}

// end is where the last token that was taken ends.
func (p *parser) end() int {
	if i := p.index(); i > 0 {
		return spanOf(&p.tokens[i-1]).End
	}
	return 0
}

// from is the span from start to the last token that was taken.
func (p *parser) from(start int) dsl.Span {
	return dsl.Span{Start: start, End: max(start, p.end())}
}

// here is the empty span behind the last token that was taken.
func (p *parser) here() dsl.Span { return dsl.Span{Start: p.end(), End: p.end()} }
