package random

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
)

// dangerous are names that declarations could be called, and that mean something else to Go,
// to what generated code imports, or to generated code itself. Of odd they aren't a part:
// what that has is for bindings, and other programs would come of it.
var dangerous = strings.Fields(`
	any bool byte int nil string true_ uint8 uintptr iota comparable float32 rune complex64
	append cap clear close complex copy delete imag len make max min new panic print println real recover
	context math slices strconv strings time runtime
	ctx tools f err check returned c v e in options engine failure value list next result
	Frame Task Step Call Start End Try Map Each Owe Begin Submit Workflow Registry Error Check Declared Some
	typeSchemas mainWorkflow mainInput checkMainInput init_ _wf wf
	break_ go_ select_ Type Func Var`)

// keywords are those of Go that this language has no word for: a workflow may be called like
// one, a func not.
var keywords = strings.Fields("go select chan switch struct interface goto default fallthrough case")

// An alias is a declaration of another name for what all random programs have.
type alias struct{ name, decl string }

var aliases = []alias{
	{"twice", "func %s(a int) int { twice(a) }"},
	{"text", "func %s(n int) string { text(n) }"},
	{"Sub", "workflow %s(a int, b int) int { return Sub(a, b) }"},
	{"Quiet", "workflow %s(a int) { Quiet(a) }"},
}

// inDanger gives what a program has after its head with dangerous names: for every second
// of these a declaration that is called in place of one of the head. What the program does
// stays what it was.
func inDanger(body string, r *rand.Rand) string {
	for _, a := range aliases {
		calls := regexp.MustCompile(`\b` + a.name + `\(`)
		names := dangerous
		if strings.HasPrefix(a.decl, "workflow") {
			names = append(names[:len(names):len(names)], keywords...)
		}
		name := names[r.IntN(len(names))]
		if r.IntN(2) == 0 || !free(name, body) || !calls.MatchString(body) || name == "tools" && a.name != "twice" ||
			name == "err" && strings.Contains(body, "else") { // where that is the failure
			continue
		}
		body = calls.ReplaceAllString(body, name+"(") + "\n" + fmt.Sprintf(a.decl, name) + "\n"
	}
	if name := dangerous[r.IntN(len(dangerous))]; free(name, body) {
		body = strings.ReplaceAll(body, "won: {", name+": {")
	}
	return body
}

// free tells whether nothing in a program is called by a name, but for types of the head:
// a name of another kind leaves them what they are. No declaration differs from it by the
// case of letters alone, as the two would be one in Go.
func free(name, body string) bool {
	if regexp.MustCompile(`(?i)\n(func|workflow) ` + name + `\(`).MatchString(body) {
		return false
	}
	word := regexp.MustCompile(`\b` + name + `\b`)
	if word.MatchString(body) || strings.Contains(head, name+"(") {
		return false
	}
	return name == "int" || name == "bool" || name == "string" || !word.MatchString(head)
}
