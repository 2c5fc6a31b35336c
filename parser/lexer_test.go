package parser

import (
	"strings"
	"testing"

	"github.com/alecthomas/participle/v2/lexer"
	"github.com/google/go-cmp/cmp"
)

var kinds = map[lexer.TokenType]string{
	identToken: "name", clauseToken: "clause", wordToken: "word", intToken: "int", floatToken: "float",
	durationToken: "duration", timeToken: "time", punctToken: "sign", semiToken: "semi", strOpenToken: "open", strTextToken: "text",
	strEndToken: "end", substOpenToken: "subst", substEndToken: "substEnd", invalidToken: "invalid",
}

func lexed(text string) string {
	var out []string
	for _, t := range significant(text, scanText(text).tokens) {
		switch {
		case t.kind == lexer.EOF:
		case t.kind == semiToken && t.start == t.end:
			out = append(out, "⏎")
		default:
			out = append(out, kinds[t.kind]+":"+t.text(text))
		}
	}
	return strings.Join(out, " ")
}

func TestLexer(t *testing.T) {
	for _, c := range []pair{
		{"", ""},
		{"a", "name:a ⏎"},
		{"a\n\n\nb;c", "name:a ⏎ name:b semi:; name:c ⏎"},
		{"a // c\nb", "name:a ⏎ name:b ⏎"},
		{"a /* c */ b /* c\n */ c", "name:a name:b ⏎ name:c ⏎"},
		{"a +\nb,\nc", "name:a sign:+ name:b sign:, name:c ⏎"},
		{"T?\n)\n]\n}\n", "name:T sign:? ⏎ sign:) ⏎ sign:] ⏎ sign:} ⏎"},
		{"return\ncommit\ntrue\nnone\nif\nelse\nparallel\n", "word:return ⏎ word:commit ⏎ word:true ⏎ word:none ⏎ word:if word:else word:parallel"},
		{"retry run not by", "clause:retry name:run name:not clause:by ⏎"},
		{"x.type x?.retry ...type", "name:x sign:. name:type name:x sign:?. name:retry sign:... word:type"},
		{"1s..2s 1..2", "duration:1s sign:.. duration:2s int:1 sign:.. int:2 ⏎"},
		{"0 1_000 0x1F 0X_1f 0b1 0o17 017", "int:0 int:1_000 int:0x1F int:0X_1f int:0b1 int:0o17 int:017 ⏎"},
		{"1.5 1. .5 1e9 1E-3 2.5e+3 01.5", "float:1.5 float:1. float:.5 float:1e9 float:1E-3 float:2.5e+3 float:01.5 ⏎"},
		{"500ms 2h30m 7d 1.5h 3us 3µs 3μs 1ns 1_0s", "duration:500ms duration:2h30m duration:7d duration:1.5h duration:3us duration:3µs duration:3μs duration:1ns duration:1_0s ⏎"},
		{"5x 1__0 1_ 08 0x 0b2 1h5 1h5x 1e 3days", "invalid:5x invalid:1__0 invalid:1_ invalid:08 invalid:0x invalid:0b2 invalid:1h5 invalid:1h5x invalid:1e invalid:3days ⏎"},
		{"2026-01-02T15:04:05Z 2026-01-02T15:04:05.25+02:00-5s", "time:2026-01-02T15:04:05Z time:2026-01-02T15:04:05.25+02:00 sign:- duration:5s ⏎"},
		{"2026-01-02 2026-01-02-T 12026-01-02", "int:2026 sign:- int:01 sign:- int:02 int:2026 sign:- int:01 sign:- int:02 sign:- name:T int:12026 sign:- int:01 sign:- int:02 ⏎"},
		{"2026-01-02T15:04Z 2026-01-02t15:04:05z 2026-01-02T15:04:05 2026-01-02T15:04:05Zx 2026-01-02T15:04:05+0200", "invalid:2026-01-02T15:04Z invalid:2026-01-02t15:04:05z invalid:2026-01-02T15:04:05 invalid:2026-01-02T15:04:05Zx invalid:2026-01-02T15:04:05+0200 ⏎"},
		{"2026-08-02 2026-01-09 2026-18-19 2026-08-02s", "invalid:2026-08-02 invalid:2026-01-09 int:2026 sign:- int:18 sign:- int:19 int:2026 sign:- invalid:08 sign:- duration:02s ⏎"},
		{"a:=b=>c==d!=e<=f>=g&&h||i??j", "name:a sign::= name:b sign:=> name:c sign:== name:d sign:!= name:e sign:<= name:f sign:>= name:g sign:&& name:h sign:|| name:i sign:?? name:j ⏎"},
		{`"a${b}c"`, `open:" text:a subst:${ name:b substEnd:} text:c end:" ⏎`},
		{`"\"\${$a"`, `open:" text:\"\${$a end:" ⏎`},
		{`"${"${T{}}"}"`, `open:" subst:${ open:" subst:${ name:T sign:{ sign:} substEnd:} end:" substEnd:} end:" ⏎`},
		{"\"\"\"\na \"b\"\n\"\"\"", "open:\"\"\" text:\na \"b\"\n end:\"\"\" ⏎"},
		{"\"a\nb", "open:\" text:a end: ⏎ name:b ⏎"},
		{"\"${a\nb", "open:\" subst:${ name:a end: ⏎ name:b ⏎"},
		{"'a' `b\nc` d", "invalid:'a' invalid:`b\nc` name:d ⏎"},
		{"@#", "invalid:@ invalid:# ⏎"},
		{"\uFEFFa", "name:a ⏎"},
		{"日本 é_1", "name:日本 name:é_1 ⏎"},
	} {
		if diff := cmp.Diff(c.want, lexed(c.text)); diff != "" {
			t.Errorf("%s\n%s", c.text, diff)
		}
	}
}
