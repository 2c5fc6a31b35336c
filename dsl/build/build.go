// Package build makes the trees of package dsl from Go, so that a program can write
// workflows: the trees are those that the parser makes of the same source, without
// places. dsl.Text writes one as source, and the compiler takes it as a file.
//
// Where an expression is wanted a Go value will do: a number, a string, a bool, a
// time.Duration or time.Time, nil for none. Nothing here fails: what can't be part of a workflow is
// reported by File.Tree.
package build

import (
	"errors"
	"fmt"
	"go/token"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/wfgen/wfgen/dsl"
)

// A File is a file in the making.
type File struct {
	tree *dsl.File
}

// NewFile begins a file of a package.
func NewFile(pkg string) *File {
	return &File{&dsl.File{Package: id(pkg)}}
}

func (f *File) add(d dsl.Decl) { f.tree.Decls = append(f.tree.Decls, d) }

// Import makes a Go package known, by its own name or, where alias isn't empty, by that.
func (f *File) Import(alias, path string) {
	d := &dsl.ImportDecl{Path: &dsl.StringLit{Parts: []dsl.StringPart{{Text: path}}}}
	if alias != "" {
		d.Alias = id(alias)
	}
	f.add(d)
}

// Type declares a struct type.
func (f *File) Type(name string, fields ...*Field) {
	f.add(&dsl.TypeDecl{Name: id(name), Fields: fieldsOf(fields)})
}

// Error declares an error type.
func (f *File) Error(name string, fields ...*Field) {
	f.add(&dsl.ErrorDecl{Name: id(name), Fields: fieldsOf(fields)})
}

// Union declares a union of struct types.
func (f *File) Union(name string, members ...string) {
	f.add(&dsl.UnionDecl{Name: id(name), Members: ids(members)})
}

// Enum declares an enum.
func (f *File) Enum(name string, members ...string) {
	f.add(&dsl.EnumDecl{Name: id(name), Members: ids(members)})
}

// Const declares a constant.
func (f *File) Const(name string, value any) {
	f.add(&dsl.ConstDecl{Name: id(name), Value: expr(value)})
}

// Policy declares a set of clauses: Retry and Timeout.
func (f *File) Policy(name string, clauses ...Clause) {
	f.add(&dsl.PolicyDecl{Name: id(name), Clauses: clausesOf(clauses)})
}

// Tool declares a tool.
func (f *File) Tool(name string, sig Signature, clauses ...Clause) {
	f.add(&dsl.ToolDecl{Name: id(name), Params: sig.params, Result: sig.result, Clauses: clausesOf(clauses)})
}

// BindTool declares a tool that is an existing Go function: pkg.F, or F of the package
// itself.
func (f *File) BindTool(name, function string, clauses ...Clause) {
	f.add(&dsl.ToolDecl{Name: id(name), Go: goName(function), Clauses: clausesOf(clauses)})
}

// Func declares a pure function; the last of the lines is its value.
func (f *File) Func(name string, sig Signature, lines ...Stmt) {
	f.add(&dsl.FuncDecl{Name: id(name), Params: sig.params, Result: sig.result, Body: block(lines)})
}

// BindFunc declares an existing Go function to be pure.
func (f *File) BindFunc(name, function string) {
	f.add(&dsl.FuncDecl{Name: id(name), Go: goName(function)})
}

// Workflow declares a workflow, whose lines are set with Body.
func (f *File) Workflow(name string, sig Signature, clauses ...Clause) *Workflow {
	d := &dsl.WorkflowDecl{Name: id(name), Params: sig.params, Result: sig.result, Clauses: clausesOf(clauses), Body: block(nil)}
	f.add(d)
	return &Workflow{d}
}

// A Workflow is a declared workflow.
type Workflow struct{ decl *dsl.WorkflowDecl }

// Body adds lines to the workflow.
func (w *Workflow) Body(lines ...Stmt) {
	w.decl.Body.Stmts = append(w.decl.Body.Stmts, block(lines).Stmts...)
}

// Finally adds lines to what the workflow runs last, however it ends.
func (w *Workflow) Finally(lines ...Stmt) {
	if w.decl.Finally == nil {
		w.decl.Finally = block(nil)
	}
	w.decl.Finally.Stmts = append(w.decl.Finally.Stmts, block(lines).Stmts...)
}

func goName(function string) *dsl.GoName {
	pkg, name := split(function)
	return &dsl.GoName{Package: pkg, Name: name}
}

// Doc gives the declaration that was added last a doc comment.
func (f *File) Doc(comment string) {
	if len(f.tree.Decls) == 0 {
		return
	}
	d := reflect.ValueOf(f.tree.Decls[len(f.tree.Decls)-1]).Elem()
	if doc := d.FieldByName("Doc"); doc.IsValid() {
		doc.SetString(comment)
	}
}

// Tree is the file's tree. The error says everything that can't be part of a workflow:
// names that are none, values without a literal.
func (f *File) Tree() (*dsl.File, error) {
	var problems []error
	inspect(reflect.ValueOf(f.tree), func(n any) {
		switch n := n.(type) {
		case *dsl.Ident:
			if !token.IsIdentifier(n.Name) && !token.IsKeyword(n.Name) {
				problems = append(problems, fmt.Errorf("%q can't be a name", n.Name))
			}
		case *unfit:
			problems = append(problems, n.err)
		}
	})
	return f.tree, errors.Join(problems...)
}

// inspect calls visit for all pointers that a tree holds.
func inspect(v reflect.Value, visit func(any)) {
	switch v.Kind() {
	case reflect.Interface, reflect.Pointer:
		if v.IsNil() {
			return
		}
		if v.Kind() == reflect.Pointer {
			visit(v.Interface())
		}
		inspect(v.Elem(), visit)
	case reflect.Slice:
		for i := range v.Len() {
			inspect(v.Index(i), visit)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				inspect(v.Field(i), visit)
			}
		}
	}
}

func id(name string) *dsl.Ident { return &dsl.Ident{Name: name} }

func ids(names []string) []*dsl.Ident {
	out := make([]*dsl.Ident, len(names))
	for i, name := range names {
		out[i] = id(name)
	}
	return out
}

// split cuts a name with a package before it, as in shop.Order.
func split(name string) (pkg, rest *dsl.Ident) {
	if before, after, ok := strings.Cut(name, "."); ok {
		return id(before), id(after)
	}
	return nil, id(name)
}

// unfit stands where something was given that is no expression.
type unfit struct {
	*dsl.BadExpr
	err error
}

// expr is a value as an expression: an Expr, or a literal.
func expr(v any) dsl.Expr {
	switch v := v.(type) {
	case interface{ tree() dsl.Expr }:
		return v.tree()
	case nil:
		return &dsl.BasicLit{Kind: dsl.NoneLit, Text: "none"}
	case bool:
		return &dsl.BasicLit{Kind: dsl.BoolLit, Text: strconv.FormatBool(v)}
	case string:
		return text(v)
	case time.Duration:
		return duration(v)
	case time.Time:
		return moment(v)
	}
	switch r := reflect.ValueOf(v); {
	case r.CanInt():
		return signed(strconv.FormatInt(r.Int(), 10), dsl.IntLit)
	case r.CanUint():
		return signed(strconv.FormatUint(r.Uint(), 10), dsl.IntLit)
	case r.CanFloat():
		digits := strconv.FormatFloat(r.Float(), 'g', -1, 64)
		if !strings.ContainsAny(digits, ".eIN") {
			digits += ".0"
		}
		if !strings.ContainsAny(digits, "IN") { // infinities and NaN have no literal
			return signed(digits, dsl.FloatLit)
		}
	}
	return &unfit{&dsl.BadExpr{}, fmt.Errorf("%v (%T) can't be written as an expression", v, v)}
}

func text(s string) dsl.Expr {
	if s == "" {
		return &dsl.StringLit{}
	}
	return &dsl.StringLit{Parts: []dsl.StringPart{{Text: s}}}
}

// signed is a number, which has its sign before it.
func signed(digits string, kind dsl.LitKind) dsl.Expr {
	if rest, negative := strings.CutPrefix(digits, "-"); negative {
		return &dsl.UnaryExpr{Op: dsl.Neg, X: &dsl.BasicLit{Kind: kind, Text: rest}}
	}
	return &dsl.BasicLit{Kind: kind, Text: digits}
}

var units = []struct {
	size time.Duration
	name string
}{{time.Hour, "h"}, {time.Minute, "m"}, {time.Second, "s"}, {time.Millisecond, "ms"}, {time.Microsecond, "us"}, {1, "ns"}}

// duration is a duration in units up to hours.
func duration(d time.Duration) dsl.Expr {
	if d == 0 {
		return &dsl.BasicLit{Kind: dsl.DurationLit, Text: "0s"}
	}
	rest := uint64(d)
	if d < 0 {
		rest = -rest
	}
	words := ""
	for _, u := range units {
		if n := rest / uint64(u.size); n > 0 {
			words += strconv.FormatUint(n, 10) + u.name
			rest %= uint64(u.size)
		}
	}
	lit := &dsl.BasicLit{Kind: dsl.DurationLit, Text: words}
	if d < 0 {
		return &dsl.UnaryExpr{Op: dsl.Neg, X: lit}
	}
	return lit
}

// moment is a time in UTC.
func moment(t time.Time) dsl.Expr {
	t = t.UTC()
	if t.Year() < 0 || t.Year() > 9999 {
		return &unfit{&dsl.BadExpr{}, fmt.Errorf("%v can't be written as an expression: its year has more than four digits", t)}
	}
	return &dsl.BasicLit{Kind: dsl.TimeLit, Text: t.Format(time.RFC3339Nano)}
}

func exprs(values []any) []dsl.Expr {
	var out []dsl.Expr
	for _, v := range values {
		out = append(out, expr(v))
	}
	return out
}
