// Package repair finds JSON in what a language model has written. Models are asked for one
// JSON value and give one in a fence, after a sentence, with comments, with Python's quotes
// and words, with a comma too many or a bracket too few. Values takes such a reply and gives
// the objects and lists in it, each as JSON that any decoder reads, and says what it had to
// repair.
//
// It never guesses at content. What is repaired is the way in which a value is written, where
// only one value can have been meant; where two can, or a part of one is missing, as the end
// of a text or of a number, nothing is given, and who has asked for the value has to ask
// again. So a reply of which it is known that it was cut short isn't to be given to it: that
// a list goes on can't be seen. Whether a value is the one that was asked for is for a decoder
// to say; where several are given, it may be one of them.
//
// It takes time in proportion to the reply's length, whatever that is, and nests no deeper
// than a decoder of package pure does.
package repair

import (
	"encoding/json"
	"slices"
	"strings"
)

// A Rule is a kind of repair. Its text completes "it had".
type Rule string

// The rules, in the order in which Value.Rules has them.
const (
	Around   Rule = "text around it"
	Encoded  Rule = "its JSON in a string"
	Comments Rule = "comments"
	Commas   Rule = "commas too many or too few"
	Keys     Rule = "keys without quotes"
	Quotes   Rule = "other quotes than JSON's, or quotes within a text"
	Escapes  Rule = "line breaks or escapes that JSON hasn't"
	Words    Rule = "words of another language for true, false or null"
	Numbers  Rule = "numbers as JSON doesn't write them"
	Brackets Rule = "closing brackets too many or too few"
)

var rules = []Rule{Around, Encoded, Comments, Commas, Keys, Quotes, Escapes, Words, Numbers, Brackets}

// A Value is an object or a list in a reply.
type Value struct {
	JSON  []byte // valid by encoding/json; never nil
	Rules []Rule // what was repaired, each rule once; empty where the reply was the value
}

// Values gives the objects and lists in a reply, in the order of the text, without those that
// are within another one. It is empty where there is none. What stands in a model's thoughts,
// before </think>, counts only where nothing comes after them.
func Values(reply string) []Value {
	if _, answer, ok := lastCut(reply, "</think>"); ok {
		if values := values(answer); len(values) > 0 {
			for i := range values {
				values[i].add(Around)
			}
			return values
		}
	}
	if values := values(reply); len(values) > 0 {
		return values
	}
	return inString(reply)
}

// inString gives the values of a reply that is a JSON string with JSON in it.
func inString(reply string) []Value {
	var inner string
	if json.Unmarshal([]byte(reply), &inner) != nil {
		return nil
	}
	values := values(inner)
	for i := range values {
		values[i].add(Encoded)
	}
	return values
}

func lastCut(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

// add adds a rule in its place.
func (v *Value) add(r Rule) {
	if !slices.Contains(v.Rules, r) {
		v.Rules = append(v.Rules, r)
		slices.SortFunc(v.Rules, func(a, b Rule) int { return slices.Index(rules, a) - slices.Index(rules, b) })
	}
}

// effort is how many bytes are looked at, for each byte of a reply: a text of nothing but
// opening brackets would take the square of its length.
const effort = 64

// values are those in a text. It looks for them at each bracket that opens. Where one begins
// that can't be read, or what follows it says that it ended elsewhere, what is in it is a part
// of what isn't known, and no value.
func values(text string) (found []Value) {
	text = strings.TrimSpace(text)
	lowest := depths(text)
	left := effort * (len(text) + 16)
	for i := 0; i < len(text) && left > 0; {
		next := strings.IndexAny(text[i:], "{[")
		if next < 0 {
			break
		}
		i += next
		r := &reader{text: text, pos: i, left: left}
		ok := r.sound() || r.value()
		if left = r.left; !ok {
			if i++; r.begun {
				i = closing(text, i-1)
			}
			continue
		}
		if !r.closed(lowest) {
			break
		}
		v := Value{JSON: r.out}
		for _, rule := range r.rules {
			v.add(rule)
		}
		if i > 0 || r.pos < len(text) {
			v.add(Around)
		}
		found, i = append(found, v), r.pos
	}
	return found
}

// closing is where the bracket at i is closed, whatever the quotes say; the end of the text
// where it isn't, or by another one.
func closing(text string, i int) int {
	var open []byte
	for ; i < len(text); i++ {
		switch c := text[i]; c {
		case '{', '[':
			open = append(open, c)
		case '}', ']':
			if c != open[len(open)-1]+2 { // in ASCII each closes the one two before it
				return len(text)
			}
			if open = open[:len(open)-1]; len(open) == 0 {
				return i + 1
			}
		}
	}
	return i
}

// depths gives, for each place of a text and its end, by how many brackets more are closed
// than opened behind it, at the most.
func depths(text string) []int32 {
	lowest := make([]int32, len(text)+1)
	for i := len(text) - 1; i >= 0; i-- {
		step := int32(0)
		switch text[i] {
		case '{', '[':
			step = 1
		case '}', ']':
			step = -1
		}
		lowest[i] = min(0, step+lowest[i+1])
	}
	return lowest
}

// closed tells whether a value that has been read was the whole of it. Where a quote or a comma
// follows, or more is closed behind it than is opened, what was taken for its end may have
// been a part of a text; unless it is nothing but brackets, which are passed.
func (r *reader) closed(lowest []int32) bool {
	rest := strings.TrimLeft(r.rest(), " \t\r\n}]")
	if more := r.rest()[:len(r.rest())-len(rest)]; strings.ContainsAny(more, "}]") {
		r.repaired(Brackets)
		r.pass(len(strings.TrimRight(more, " \t\r\n")))
	}
	if rest != "" && strings.IndexByte(`"',`, rest[0]) >= 0 {
		return false
	}
	return lowest[len(r.text)-len(rest)] == 0
}
