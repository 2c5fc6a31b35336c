package model

import (
	"encoding/json"
	"html"
	"net/url"
	"strings"
	"unicode"
)

// A Key is a secret. It prints as asterisks, also with %#v and as JSON.
type Key string

const hidden = "****"

// String is asterisks.
func (Key) String() string { return hidden }

// GoString is asterisks.
func (Key) GoString() string { return hidden }

// MarshalText is asterisks.
func (Key) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// hide is a text without the key, in any of the ways in which an answer may write it again.
// Where it is there in yet another one, the text is nothing but asterisks.
func (k Key) hide(text string) string {
	if k == "" {
		return text
	}
	inJSON, _ := json.Marshal(string(k)) // with the escapes for HTML; a text can't fail
	plain := strings.Trim(string(inJSON), `"`)
	for _, written := range []string{string(k), plain, strings.ReplaceAll(string(k), "/", `\/`), strings.ReplaceAll(plain, "/", `\/`), html.EscapeString(string(k)), url.QueryEscape(string(k)), url.PathEscape(string(k))} {
		text = strings.ReplaceAll(text, written, hidden)
	}
	if letters := onlyLetters(string(k)); len(letters) >= 8 && strings.Contains(onlyLetters(text), letters) {
		return hidden
	}
	return text
}

// onlyLetters is a text without what is written in several ways.
func onlyLetters(s string) string {
	return strings.Map(func(c rune) rune {
		if unicode.IsLetter(c) || unicode.IsDigit(c) {
			return c
		}
		return -1
	}, s)
}
