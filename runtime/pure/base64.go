package pure

import (
	"encoding/base64"
	"strings"
	"unicode/utf8"
)

// Base64 gives the bytes of s in the standard base64 of RFC 4648, with padding. It panics
// with a *Fault where that is above 64 MiB.
func Base64(s, at string) string {
	if n := base64.StdEncoding.EncodedLen(len(s)); n > maxMade {
		tooLarge("the base64", n, at)
	}
	return base64.StdEncoding.EncodeToString([]byte(s))
}

// Unbase64 gives the text whose base64 s is, in the standard alphabet or the one for URLs,
// with padding or without. It panics with a *Fault where s is no base64, or none of UTF-8.
func Unbase64(s, at string) string {
	encoding := base64.RawStdEncoding
	if strings.ContainsAny(s, "-_") {
		encoding = base64.RawURLEncoding
	}
	text, err := encoding.DecodeString(strings.TrimRight(s, "="))
	switch {
	case err != nil:
		fault(at, quoteShort(s)+" is no base64: "+err.Error())
	case !utf8.Valid(text):
		fault(at, "the base64 holds bytes that are no text in UTF-8: have a tool take it apart")
	}
	return string(text)
}
