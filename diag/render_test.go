package diag

import (
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/golden/archive"
)

// at is the span of the n-th occurrence of text, from 0.
func at(t *testing.T, s *dsl.Source, text string, n int) dsl.Span {
	t.Helper()
	start := 0
	for ; ; n-- {
		i := strings.Index(s.Text[start:], text)
		if i < 0 {
			t.Fatalf("%q isn't in %s", text, s.Path)
		}
		if start += i; n == 0 {
			return dsl.Span{Start: start, End: start + len(text)}
		}
		start += len(text)
	}
}

func samples(t *testing.T) map[string][]Diagnostic {
	tabs := dsl.NewSource("tabs.wf", "package tabs\n\n\tx :=\tCheckFrod(order)\t// here\r\n")
	cjk := dsl.NewSource("cjk.wf", "package cjk\nlog \"日本語\" + 注文 + x\nlog \"👩‍👩‍👧 e\u0301\" + 注文\n")
	orders := dsl.NewSource("orders/orders.wf", "package orders\n\ntype Order {\n\tid string\n}\n"+
		strings.Repeat("\n", 100)+"type Order { n int }\nmatch t {\n\tgold => 1\n}\n")
	other := dsl.NewSource("orders/other.wf", "package orders\ntype Order {}\n")
	long := dsl.NewSource("long.wf", "x := "+strings.Repeat("a + ", 500)+"wrong"+strings.Repeat(" + 日", 500))
	evil := dsl.NewSource("evil.wf", "x := \"\x1b[2J\xff\u202e\" + y")
	empty := dsl.NewSource("empty.wf", "")
	return map[string][]Diagnostic{
		"tabs": {{Code: UnknownName, Source: tabs, Span: at(t, tabs, "CheckFrod", 0),
			Message: "unknown tool CheckFrod", Help: "did you mean CheckFraud?"}},
		"wide": {
			{Code: WrongType, Source: cjk, Span: at(t, cjk, "注文", 0), Message: "found int, expected string"},
			{Code: WrongType, Source: cjk, Span: at(t, cjk, "日本語", 0), Message: "found int, expected string"},
			{Code: WrongType, Source: cjk, Span: at(t, cjk, "注文", 1), Message: "found int, expected string"}},
		"labels": {
			{Code: DuplicateName, Source: orders, Span: at(t, orders, "Order", 1), Message: "Order is declared more than once",
				Labels: []Label{{orders, at(t, orders, "Order", 0), "first declared here"}, {other, at(t, other, "Order", 0), "and here"}},
				Help:   "rename one of them\nor remove it"},
			{Code: NotExhaustive, Severity: Warning, Source: orders, Span: at(t, orders, "match t {\n\tgold => 1\n}", 0), Message: "the match misses basic"}},
		"ends": {
			{Code: Syntax, Source: long, Span: at(t, long, "wrong", 0), Message: "a long line"},
			{Code: Syntax, Source: long, Span: at(t, long, "x", 0), Message: "a long line"},
			{Code: UnreadableText, Source: evil, Span: at(t, evil, "y", 0), Message: "after what steers terminals"},
			{Code: Syntax, Source: orders, Span: dsl.Span{Start: len(orders.Text), End: len(orders.Text)}, Message: "found the end of the file"},
			{Code: Syntax, Source: orders, Span: dsl.Span{Start: 14, End: 14}, Message: "at the end of a line"},
			{Code: Syntax, Source: empty, Message: "an empty file"},
			{Code: WrongPackage, Message: "of no file"}},
	}
}

func TestRender(t *testing.T) {
	all := samples(t)
	got := &txtar.Archive{Comment: archive.Read(t, "testdata/render.txtar").Comment}
	add := func(name string, write func(*strings.Builder) error) {
		var b strings.Builder
		if err := write(&b); err != nil {
			t.Fatal(err)
		}
		text := strings.ReplaceAll(b.String(), "\x1b", "ESC")
		got.Files = append(got.Files, txtar.File{Name: name, Data: []byte(text)})
	}
	for _, name := range []string{"tabs", "wide", "labels", "ends"} {
		add(name, func(b *strings.Builder) error { return Render(b, all[name], false) })
	}
	add("color", func(b *strings.Builder) error { return Render(b, all["labels"], true) })
	add("json", func(b *strings.Builder) error { return RenderJSON(b, append(all["labels"], all["ends"][6])) })
	archive.Compare(t, "testdata/render.txtar", txtar.Format(got))
}

func TestRenderNothing(t *testing.T) {
	var b strings.Builder
	if err := Render(&b, nil, true); err != nil || b.Len() > 0 {
		t.Errorf("wrote %q, failed with %v", b.String(), err)
	}
}
