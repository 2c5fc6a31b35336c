package format

import (
	"reflect"
	"strings"

	"github.com/wfgen/wfgen/dsl"
)

// Facts are what the tokens alone don't tell, by places in the text.
type facts struct {
	// tight has the ends of what an opening bracket follows without a space: names of
	// what is called, declared with parameters, indexed, or made by a literal.
	tight map[int]bool
	// literals has the ends of the types of literals, whose braces hold no spaces.
	literals map[int]bool
	// prefixes has the places of signs that stand right before their operand.
	prefixes map[int]bool
	// elements has where the element of a list or map type begins, right behind its
	// bracket.
	elements map[int]bool
	// continued has where what continues the line above may begin: clauses, operators,
	// the else of a validate, the | of a union.
	continued map[int]bool
	// members has the places of braces whose content are members, one to a line.
	members map[int]bool
	// fields has where the names of fields begin.
	fields map[int]bool
	// tools tells of a tool's declaration where its clauses begin.
	tools map[int][]int
}

func factsOf(f *dsl.File) *facts {
	out := &facts{
		tight: map[int]bool{}, literals: map[int]bool{}, prefixes: map[int]bool{}, elements: map[int]bool{},
		continued: map[int]bool{}, members: map[int]bool{}, fields: map[int]bool{}, tools: map[int][]int{},
	}
	c := &collector{facts: out, text: f.Source.Text}
	for _, d := range f.Decls {
		c.visit(reflect.ValueOf(d))
	}
	return out
}

// A collector walks through all that a tree holds.
type collector struct {
	*facts
	text string
}

func (c *collector) visit(v reflect.Value) {
	switch v.Kind() {
	case reflect.Interface, reflect.Pointer:
		if v.IsNil() {
			return
		}
		if v.Kind() == reflect.Pointer {
			c.note(v.Interface())
		}
		c.visit(v.Elem())
	case reflect.Slice:
		for i := range v.Len() {
			c.visit(v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			c.visit(v.Field(i))
		}
	}
}

func (c *collector) note(n any) {
	switch n := n.(type) {
	case *dsl.TypeDecl:
		c.braces(n.Name)
		c.noteFields(n.Fields)
	case *dsl.EventDecl:
		c.tight[n.Name.End] = true
		c.payload(n)
		c.noteFields(n.Fields)
	case *dsl.ErrorDecl:
		c.braces(n.Name)
		c.noteFields(n.Fields)
	case *dsl.EnumDecl:
		c.braces(n.Name)
	case *dsl.UnionDecl:
		for _, m := range n.Members {
			c.continued[c.before(m.Start, "|")] = true
		}
	case *dsl.ToolDecl:
		c.tight[n.Name.End] = true
		for _, cl := range n.Clauses {
			c.tools[n.Start] = append(c.tools[n.Start], cl.Place().Start)
		}
	case *dsl.FuncDecl:
		c.tight[n.Name.End] = true
	case *dsl.AgentDecl:
		c.tight[n.Name.End] = true
		if n.Offers.Start < n.Offers.End {
			c.members[n.Offers.Start] = true
		}
	case *dsl.AgentTool:
		c.agentTool(n)
	case *dsl.WorkflowDecl:
		c.tight[n.Name.End] = true
	case *dsl.ListType:
		c.elements[n.Elem.Place().Start] = true
		c.elements[c.before(n.Elem.Place().Start, "(")] = true
	case *dsl.MapType:
		c.tight[n.Start+len("map")] = true
		c.elements[n.Elem.Place().Start] = true
		c.elements[c.before(n.Elem.Place().Start, "(")] = true
	case *dsl.MatchExpr:
		c.matchBraces(n)
	case *dsl.ValidateStmt:
		if n.Message != nil {
			c.continued[c.before(n.Message.Place().Start, "else")] = true
		}
	case *dsl.MockLine:
		c.turns(n)
	case *dsl.ModelCall:
		c.tight[n.Name.End] = true
	case *dsl.ExpectLine:
		if n.Called != nil {
			c.tight[n.Called.Place().End] = true
		}
	case dsl.Clause:
		c.continued[n.Place().Start] = true
		if e, ok := n.(*dsl.ElseClause); ok {
			c.elseArms(e)
		}
	case dsl.Expr:
		c.noteExpr(n)
	}
}

func (c *collector) noteExpr(x dsl.Expr) {
	switch x := x.(type) {
	case *dsl.CallExpr:
		c.tight[x.Fun.End] = x.Verb != dsl.Approve
	case *dsl.KeyedExpr:
		c.tight[x.Start+len(x.Fun)] = true
	case *dsl.DecodeExpr:
		c.tight[x.Start+len("decode")] = true
	case *dsl.IndexExpr:
		c.tight[x.X.Place().End] = true
	case *dsl.SliceExpr:
		c.tight[x.X.Place().End] = true
	case *dsl.StructLit:
		c.tight[x.Type.End], c.literals[x.Type.End] = true, true
	case *dsl.MapLit:
		c.tight[x.Type.End], c.literals[x.Type.End] = true, true
	case *dsl.UnaryExpr:
		c.prefixes[x.Start] = true
	case *dsl.BinaryExpr:
		c.continued[x.OpSpan.Start] = true
	}
}

// turns notes where the turns of a model begin that are written on lines of their own.
func (c *collector) turns(n *dsl.MockLine) {
	for _, a := range n.Answers[min(1, len(n.Answers)):] {
		if n.Turns {
			c.continued[a.Start] = true
		}
	}
}

// elseArms notes where the arms of an else on begin.
func (c *collector) elseArms(e *dsl.ElseClause) {
	for _, a := range e.On {
		c.continued[a.Start] = true
	}
	if e.Rest != nil {
		c.continued[c.before(e.Rest.Start, "else")] = true
	}
}

// agentTool notes where the clauses of a tool of an agent begin.
func (c *collector) agentTool(n *dsl.AgentTool) {
	c.tight[n.Name.End] = true
	if n.Max != nil {
		c.continued[c.before(n.Max.Place().Start, "max")] = true
	}
	if n.Approve != nil {
		c.continued[n.Approve.Start] = true
	}
	if n.Where != nil {
		c.continued[c.before(n.Where.Place().Start, "where")] = true
	}
}

func (c *collector) noteFields(fields []*dsl.Field) {
	for _, f := range fields {
		c.fields[f.Name.Start] = true
	}
}

// braces notes the braces behind a declaration's name.
func (c *collector) braces(name *dsl.Ident) {
	if at := c.after(name.End); at < len(c.text) && c.text[at] == '{' {
		c.members[at] = true
	}
}

// payload notes the braces of an event, which are behind its keys.
func (c *collector) payload(n *dsl.EventDecl) {
	at := c.after(n.Name.End) + 1
	if last := len(n.Keys) - 1; last >= 0 {
		at = n.Keys[last].End
	}
	for at = c.after(at); at < len(c.text) && (c.text[at] == ',' || c.text[at] == ')'); {
		at = c.after(at + 1)
	}
	if at < len(c.text) && c.text[at] == '{' {
		c.members[at] = true
	}
}

// matchBraces notes the braces of a match's arms.
func (c *collector) matchBraces(x *dsl.MatchExpr) {
	if at := c.after(x.X.Place().End); at < len(c.text) && c.text[at] == '{' {
		c.members[at] = true
	}
}

// after is the place of the next character that is no white space.
func (c *collector) after(at int) int {
	for at < len(c.text) && isSpace(c.text[at]) {
		at++
	}
	return at
}

// before is the place of a word or sign that ends right before at, but for white space; -1
// where there is something else.
func (c *collector) before(at int, word string) int {
	end := at
	for end > 0 && isSpace(c.text[end-1]) {
		end--
	}
	if !strings.HasSuffix(c.text[:end], word) {
		return -1
	}
	return end - len(word)
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }
