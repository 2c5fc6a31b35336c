package parser

import "github.com/alecthomas/participle/v2/lexer"

// Reserved words are never names, but for fields.
var reserved = set("package", "import", "type", "enum", "error", "const", "var", "tool", "func", "workflow",
	"event", "policy", "agent", "test", "if", "else", "match", "for", "in", "loop", "break", "continue",
	"return", "parallel", "race", "try", "validate", "fail", "wait", "await", "emit", "approve", "start",
	"commit", "rollback", "log", "true", "false", "none")

// Clause words are names wherever no clause can stand.
var clauseWords = set("retry", "timeout", "undo", "after", "cache", "limit", "breaker", "with", "fails",
	"readonly", "idempotent", "version", "keep", "backoff", "at", "on", "by", "where", "max", "until", "early", "finally")

// Leading clause words may begin a line that continues the one above.
var leading = set("retry", "timeout", "else", "undo", "after", "cache", "limit", "breaker", "with", "fails",
	"readonly", "idempotent", "version", "keep", "finally", "until", "where")

// Rare clauses stand on tools or awaits alone, and are names of things more often than others.
var rareClauses = set("cache", "limit", "breaker", "until", "where")

// Words that end a line as a name does.
var lineEnds = set("break", "continue", "return", "fail", "commit", "rollback", "true", "false", "none")

// Words before a name and a bracket that end whatever is open above them: only a
// declaration begins so.
var declWords = set("type", "enum", "error", "tool", "func", "workflow", "event", "policy", "agent", "test")

// Top words stand at the top of a file; a line that begins with one outside of
// braces begins a declaration, sound or not.
var topWords = set("import", "type", "enum", "error", "const", "tool", "func", "workflow", "event",
	"policy", "agent", "test")

func set(words ...string) map[string]bool {
	m := make(map[string]bool, len(words))
	for _, w := range words {
		m[w] = true
	}
	return m
}

// isName tells whether a token can be a name where no clause can stand.
func isName(t *lexer.Token) bool { return t.Type == identToken || t.Type == clauseToken }

// isFieldName tells whether a token can be the name of a field.
func isFieldName(t *lexer.Token) bool { return isName(t) || t.Type == wordToken }

// is tells whether a token is the word or sign text.
func is(t *lexer.Token, text string) bool {
	return t.Value == text && (t.Type == punctToken || t.Type == wordToken || t.Type == clauseToken)
}

// IsReserved tells whether a word is never a name, but for fields.
func IsReserved(word string) bool { return reserved[word] }
