package dsl

import "reflect"

// Inspect calls visit for a node and the nodes inside it, in the order of the
// source. Where visit returns false, what is inside the node is left out. A nil
// node has no nodes inside.
func Inspect(n Node, visit func(Node) bool) {
	if n == nil || reflect.ValueOf(n).IsNil() || !visit(n) {
		return
	}
	for _, child := range children(n) {
		Inspect(child, visit)
	}
}

// children are the nodes right inside a statement, expression, block or clause,
// nil ones among them.
func children(n Node) []Node {
	switch n := n.(type) {
	case *Block:
		return nodes(n.Stmts)
	case Stmt:
		return stmtChildren(n)
	case Clause:
		return clauseChildren(n)
	case Expr:
		return exprChildren(n)
	}
	return nil
}

func nodes[N Node](list []N) []Node {
	out := make([]Node, len(list))
	for i, n := range list {
		out[i] = n
	}
	return out
}

func stmtChildren(s Stmt) []Node {
	//sumtype:exhaustive
	switch s := s.(type) {
	case *LabeledStmt:
		return []Node{s.Label, s.Stmt}
	case *BindStmt:
		return []Node{s.Name, s.Type, s.Value}
	case *ExprStmt:
		return []Node{s.X}
	case *ValidateStmt:
		return []Node{s.Cond, s.Message}
	case *FailStmt:
		return []Node{s.X}
	case *ReturnStmt:
		return []Node{s.Value}
	case *BreakStmt:
		return []Node{s.Value}
	case *ContinueStmt:
		return []Node{s.State}
	case *WaitStmt:
		return []Node{s.X}
	case *LogStmt:
		return []Node{s.Message}
	case *CommitStmt, *RollbackStmt:
	}
	return nil
}

func clauseChildren(c Clause) []Node {
	//sumtype:exhaustive
	switch c := c.(type) {
	case *RetryClause:
		return append(append([]Node{c.N, c.Min, c.Max}, nodes(c.At)...), nodes(c.On)...)
	case *TimeoutClause:
		return []Node{c.D}
	case *UntilClause:
		return []Node{c.T}
	case *WhereClause:
		return []Node{c.Cond}
	case *ElseClause:
		return []Node{c.Body}
	case *UndoClause:
		return []Node{c.Call}
	case *AfterClause:
		return nodes(c.Names)
	case *FailsClause:
		return nodes(c.Names)
	case *WithClause:
		return []Node{c.Name}
	case *VersionClause:
		return []Node{c.N}
	case *KeepClause:
		return []Node{c.D}
	case *LimitClause:
		return []Node{c.N, c.Per, c.By, c.Full}
	case *BreakerClause:
		return []Node{c.N, c.Per, c.Open}
	case *CacheClause:
		return []Node{c.D}
	case *EffectClause:
	}
	return nil
}

func exprChildren(x Expr) []Node {
	//sumtype:exhaustive
	switch x := x.(type) {
	case *StringLit:
		var out []Node
		for _, p := range x.Parts {
			if p.X != nil {
				out = append(out, p.X)
			}
		}
		return out
	case *ListLit:
		return nodes(x.Elems)
	case *MapLit:
		var out []Node
		for _, e := range x.Entries {
			out = append(out, e.Key, e.Value, e.Spread, e.For)
		}
		return out
	case *StructLit:
		out := []Node{x.Package, x.Type, x.Spread}
		for _, f := range x.Fields {
			out = append(out, f.Name, f.Value)
		}
		return out
	case *ParenExpr:
		return []Node{x.X}
	case *UnaryExpr:
		return []Node{x.X}
	case *BinaryExpr:
		return []Node{x.X, x.Y}
	case *SelectorExpr:
		return []Node{x.X, x.Sel}
	case *IndexExpr:
		return []Node{x.X, x.Index}
	case *SliceExpr:
		return []Node{x.X, x.Lo, x.Hi}
	case *CallExpr:
		out := append([]Node{x.Package, x.Fun}, nodes(x.Args)...)
		for _, f := range x.Fields {
			out = append(out, f.Name, f.Value)
		}
		return append(out, nodes(x.Clauses)...)
	case *KeyedExpr:
		return []Node{x.Var, x.List, x.Key}
	case *IfExpr:
		return []Node{x.Cond, x.Then, x.Else}
	case *MatchExpr:
		out := []Node{x.X}
		for _, a := range x.Arms {
			out = append(out, a.Pattern, a.Name, a.Body)
		}
		return out
	case *ForExpr:
		return []Node{x.Key, x.Value, x.X, x.Where, x.Limit, x.Body}
	case *ParallelExpr:
		return []Node{x.Body}
	case *TypePattern:
		return []Node{x.Type}
	case *DecodeExpr:
		return []Node{x.Type, x.X}
	case *RaceExpr:
		var out []Node
		for _, a := range x.Arms {
			out = append(out, a.Label, a.Body)
		}
		return out
	case *TryExpr:
		var out []Node
		for _, r := range x.Retries {
			out = append(out, r)
		}
		return append(out, x.Body, x.Else)
	case *LoopExpr:
		return []Node{x.State, x.Init, x.Max, x.Key, x.Value, x.X, x.Where, x.Body, x.Else}
	case *BasicLit, *Ident:
	}
	return nil
}
