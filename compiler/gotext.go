package compiler

import (
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// GoText gives the Go of a function that a func is bound to: its declaration and, of its
// package, whatever these name, as words without comments and layout. path is that of
// the Go package, empty for the one beside the .wf files. The text is empty where the
// Go isn't at hand. Two texts are the same where that Go is the same; what other packages
// do isn't in it.
func (p *Package) GoText(path, name string) string {
	u := p.unit
	dir := u.dirOf(path)
	if dir == "" {
		return ""
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.goTexts[dir] == nil {
		u.goTexts[dir] = readGo(dir)
	}
	return u.goTexts[dir].of(name)
}

// dirOf is the directory of a Go package that is imported by a path, and the own one for an
// empty path; empty where it isn't known.
func (u *unit) dirOf(path string) string {
	switch {
	case path == "":
		return u.abs
	case u.golang == nil:
		return ""
	}
	u.golang.lock.Lock()
	defer u.golang.lock.Unlock()
	return u.golang.side.set.Dir(path)
}

// goTexts are the declarations of a Go package by name, each as its words: with a type
// go its methods, with a constant or variable those that are declared together with it.
type goTexts map[string][][]string

func readGo(dir string) goTexts {
	out := goTexts{}
	names, err := GoFiles(dir)
	if err != nil {
		return out
	}
	for _, name := range names {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			continue
		}
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, name, text, parser.SkipObjectResolution)
		if err != nil {
			continue // the compiler says so, where the Go is needed
		}
		for _, d := range file.Decls {
			words := wordsOf(text[fset.Position(d.Pos()).Offset:fset.Position(d.End()).Offset])
			for _, name := range declaredBy(d) {
				out[name] = append(out[name], words)
			}
		}
	}
	return out
}

// of writes the declarations of a name and of all that they name.
func (g goTexts) of(name string) string {
	seen := map[string]bool{}
	var add func(name string)
	add = func(name string) {
		if seen[name] || g[name] == nil {
			return
		}
		seen[name] = true
		for _, words := range g[name] {
			for _, w := range words {
				add(w)
			}
		}
	}
	add(name)
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(seen)) {
		for _, words := range g[name] {
			b.WriteString(strings.Join(words, " ") + "\n")
		}
	}
	return b.String()
}

// wordsOf are the tokens of Go without comments. A line's end counts as the semicolon
// that it stands for, but for one before a bracket closes.
func wordsOf(text []byte) []string {
	var s scanner.Scanner
	s.Init(token.NewFileSet().AddFile("", -1, len(text)), text, nil, 0)
	var out []string
	for {
		_, tok, word := s.Scan()
		switch {
		case tok == token.EOF:
			return withoutEnd(out)
		case tok == token.RBRACE || tok == token.RPAREN:
			out = withoutEnd(out)
		}
		if tok == token.SEMICOLON || word == "" {
			word = tok.String()
		}
		out = append(out, word)
	}
}

// withoutEnd leaves out a last semicolon or comma, which layout alone may ask for.
func withoutEnd(words []string) []string {
	if n := len(words); n > 0 && (words[n-1] == ";" || words[n-1] == ",") {
		return words[:n-1]
	}
	return words
}

// declaredBy are the names under which a declaration goes.
func declaredBy(d ast.Decl) (names []string) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Recv == nil || len(d.Recv.List) == 0 {
			return []string{d.Name.Name}
		}
		if of := receiver(d.Recv.List[0].Type); of != "" {
			return []string{of}
		}
	case *ast.GenDecl:
		for _, s := range d.Specs {
			switch s := s.(type) {
			case *ast.TypeSpec:
				names = append(names, s.Name.Name)
			case *ast.ValueSpec:
				for _, name := range s.Names {
					names = append(names, name.Name)
				}
			}
		}
	}
	return names
}

// receiver is the name of the type that a method is of.
func receiver(t ast.Expr) string {
	switch t := t.(type) {
	case *ast.StarExpr:
		return receiver(t.X)
	case *ast.IndexExpr:
		return receiver(t.X)
	case *ast.IndexListExpr:
		return receiver(t.X)
	case *ast.Ident:
		return t.Name
	}
	return ""
}
