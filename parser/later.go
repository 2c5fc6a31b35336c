package parser

import "github.com/alecthomas/participle/v2/lexer"

// The words by which people from other languages begin a declaration.
var foreignDecls = map[string]string{
	"struct": "a struct is declared with `type Name { … }`", "interface": "tools are declared with `tool`",
	"fn": "write `func`", "def": "write `func`, or `workflow` for what has steps", "function": "write `func`",
	"class": "a struct is declared with `type Name { … }`", "task": "write `tool`", "activity": "write `tool`",
	"step": "write `tool`", "flow": "write `workflow`", "let": "bindings stand in a workflow or func",
	"model": modelHelp,
}

func foreignDecl(t *lexer.Token) string { return foreignDecls[t.Value] }

// The words by which people from other languages begin a statement.
var foreignStmts = map[string]string{
	"while": repeatHelp, "until": repeatHelp, "repeat": repeatHelp, "do": repeatHelp, "foreach": "write `for x in xs { … }`",
	"switch": "write `match`", "unless": "write `if !(…) { … }`", "let": "bind with `name := value`",
	"throw": "write `fail` and a message", "raise": "write `fail` and a message", "panic": "write `fail` and a message",
	"elif": "write `else if`", "elseif": "write `else if`", "print": "write `log` and a message",
	"assert": "write `validate`", "require": "write `validate`", "catch": catchHelp, "except": catchHelp, "rescue": catchHelp,
	"defer": alwaysHelp, "finally": alwaysHelp, "ensure": alwaysHelp, "cleanup": alwaysHelp, "using": alwaysHelp,
	"compensate": undoHelp, "onfail": undoHelp, "on_failure": undoHelp,
	"go": "put the calls in `parallel { … }`", "sleep": "write `wait` and a duration",
}

const (
	repeatHelp = "go through a list with `for x in xs { … }`, or repeat with `loop state := E max N { … }`, whose rounds end with `continue E` or `break E`"
	undoHelp   = "write `undo` on the call that is to be taken back where a later step fails"
	alwaysHelp = undoHelp + "; for what happens in any case, put the steps in `try { … } else { … }` and the call below it"
	catchHelp  = "write `else` on the call that may fail, or `try { … } else { … }`"
)

// The words for operators in other languages.
var foreignOps = map[string]string{
	"and": "write `&&`", "or": "write `||`", "is": "write `==`", "mod": "write `%`", "instanceof": "use `match`",
	"as": "convert with the type's name, as in `float64(n)`",
}
