package checker_test

import (
	"strings"
	"testing"

	"github.com/wfgen/wfgen/checker"
	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/parser"
)

// TestCut: sources that end anywhere, as in an editor, are checked as far as they
// go.
func TestCut(t *testing.T) {
	for _, p := range soundPackages(t) {
		for _, file := range p.files {
			step := max(1, len(file.Data)/40)
			for end := 0; end < len(file.Data); end += step {
				text := string(file.Data[:end])
				parsed, _ := parser.Parse(file.Name, []byte(text))
				_, ds := checker.Check([]*dsl.File{parsed}, "")
				for _, d := range ds {
					sound(t, text, d)
				}
			}
		}
	}
}

// sound: a diagnostic is one of the source, not of the checker.
func sound(t *testing.T, text string, d diag.Diagnostic) {
	t.Helper()
	if strings.HasPrefix(d.Message, "internal error") || strings.Contains(d.Message, "%!") || strings.Contains(d.Message, "<nil>") || strings.Contains(d.Message, "invalid type") {
		t.Errorf("%s", shown([]diag.Diagnostic{d}))
	}
	if d.Span.Start < 0 || d.Span.Start > d.Span.End || d.Span.End > len(text) {
		t.Errorf("the place %v isn't in the text: %s", d.Span, d.Message)
	}
}

// TestHoles: trees with nothing where something should be.
func TestHoles(t *testing.T) {
	name := &dsl.Ident{Name: "x"}
	call := &dsl.CallExpr{Args: []dsl.Expr{nil}, Clauses: []dsl.Clause{
		&dsl.RetryClause{}, &dsl.TimeoutClause{}, &dsl.ElseClause{}, &dsl.UndoClause{}, &dsl.AfterClause{Names: []*dsl.Ident{nil}},
	}}
	named := &dsl.CallExpr{Fun: &dsl.Ident{Name: "T"}, Args: []dsl.Expr{nil}, Clauses: call.Clauses}
	exprs := []dsl.Expr{
		nil, &dsl.BadExpr{}, name, &dsl.BasicLit{}, &dsl.ListLit{Elems: []dsl.Expr{nil}}, &dsl.MapLit{Entries: []dsl.MapEntry{{}}},
		&dsl.StructLit{Fields: []dsl.FieldValue{{}}}, &dsl.ParenExpr{}, &dsl.UnaryExpr{Op: dsl.Neg}, &dsl.UnaryExpr{Op: dsl.Not},
		&dsl.SelectorExpr{}, &dsl.SelectorExpr{X: name, Sel: name}, &dsl.IndexExpr{}, &dsl.SliceExpr{}, call, named, &dsl.KeyedExpr{}, &dsl.TypePattern{},
		&dsl.IfExpr{}, &dsl.MatchExpr{Arms: []*dsl.Arm{{}}}, &dsl.ForExpr{}, &dsl.ParallelExpr{}, &dsl.StringLit{Parts: []dsl.StringPart{{}}},
	}
	for _, op := range []dsl.BinaryOp{dsl.Coalesce, dsl.AndAnd, dsl.Eq, dsl.Less, dsl.In, dsl.Add, dsl.Rem} {
		exprs = append(exprs, &dsl.BinaryExpr{Op: op})
	}
	stmts := []dsl.Stmt{
		&dsl.LabeledStmt{}, &dsl.BindStmt{}, &dsl.ValidateStmt{}, &dsl.FailStmt{}, &dsl.ReturnStmt{}, &dsl.WaitStmt{},
		&dsl.LogStmt{}, &dsl.BadStmt{}, nil,
	}
	for _, x := range exprs {
		stmts = append(stmts, &dsl.BindStmt{Name: &dsl.Ident{Name: "y"}, Value: x}, &dsl.ReturnStmt{Value: x}, &dsl.ExprStmt{X: x})
	}
	for _, s := range stmts {
		body := &dsl.Block{Stmts: []dsl.Stmt{s, &dsl.CommitStmt{}}}
		last := &dsl.Block{Stmts: []dsl.Stmt{s}}
		file := &dsl.File{Decls: []dsl.Decl{
			nil, &dsl.BadDecl{}, &dsl.TypeDecl{}, &dsl.TypeDecl{Name: name, Fields: []*dsl.Field{nil, {}}},
			&dsl.EnumDecl{Members: []*dsl.Ident{nil}}, &dsl.ToolDecl{Params: []*dsl.Param{nil, {}}, Clauses: call.Clauses},
			&dsl.ToolDecl{Name: &dsl.Ident{Name: "T"}}, &dsl.FuncDecl{}, &dsl.FuncDecl{Name: &dsl.Ident{Name: "f"}, Body: last},
			&dsl.WorkflowDecl{Clauses: call.Clauses}, &dsl.WorkflowDecl{Name: &dsl.Ident{Name: "W"}, Body: body},
			&dsl.WorkflowDecl{Name: &dsl.Ident{Name: "V"}, Result: &dsl.NamedType{Name: name}, Body: last},
		}}
		_, ds := checker.Check([]*dsl.File{file}, "")
		for _, d := range ds {
			if strings.HasPrefix(d.Message, "internal error") {
				t.Errorf("%T: %s", s, d.Message)
			}
		}
	}
}
