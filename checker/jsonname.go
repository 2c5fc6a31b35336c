package checker

import (
	"strings"
	"unicode"

	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
)

// jsonName is the name that a field says it has in JSON; empty where that is its own.
func (c *checker) jsonName(f *dsl.Field) string {
	if f.JSON == nil {
		return ""
	}
	text := ""
	for _, p := range f.JSON.Parts {
		if p.X != nil {
			c.report(diag.NotConstant, p, "a name in JSON is a plain text, found a substitution")
			return ""
		}
		text += p.Text
	}
	if i := strings.IndexFunc(text, noKey); text == "" || text == "-" || i >= 0 {
		found := "an empty one"
		if i >= 0 {
			found = string([]rune(text[i:])[:1]) + " in it"
		} else if text != "" {
			found = text
		}
		c.report(diag.BadConstant, f.JSON, "a name in JSON can't be that, found %s", found).
			Help = "it is made of letters, digits, spaces and !#$%&()*+-./:;<=>?@[]^_{|}~, and isn't - alone, so that Go's encoding/json reads it from a struct tag too"
		return ""
	}
	if text == f.Name.Name {
		return ""
	}
	return text
}

// noKey tells of a character that Go takes in no name of a struct tag for JSON.
func noKey(r rune) bool {
	return !strings.ContainsRune("!#$%&()*+-./:;<=>?@[]^_{|}~ ", r) && !unicode.IsLetter(r) && !unicode.IsDigit(r)
}

// oneKey reports a field whose name in JSON is that of another.
func (c *checker) oneKey(s *Struct, f, old *dsl.Field) {
	keyOf := func(f *dsl.Field) dsl.Node {
		if f.JSON != nil {
			return f.JSON
		}
		return f.Name
	}
	label(c.report(diag.DuplicateName, keyOf(f), "two fields of %s have one name in JSON", s.Type.Name), c.file, keyOf(old), "the other one")
}
