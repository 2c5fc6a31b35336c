// Package sha256 is the builtin of that name. It is apart from package pure because a
// program that doesn't use it doesn't link FIPS 140.
package sha256

import (
	"crypto/sha256"
	"encoding/hex"
)

// Hex gives the SHA-256 of the bytes of s, in small hexadecimal digits.
func Hex(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}
