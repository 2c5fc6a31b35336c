package runtime

import "math/rand/v2"

// idDigits are what ids are written in: letters and digits that nobody mistakes for
// each other, as in RFC 4648.
const idDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"

// newID makes an id for an execution, of 130 random bits. They are from the generator
// of the Go runtime, a ChaCha8 with a seed of the operating system: an id is in
// journals, events and logs, so it needn't be a secret, and crypto/rand would make
// each program that has a workflow larger by a quarter of a megabyte.
func newID() string {
	var id [26]byte
	for i := range id {
		id[i] = idDigits[rand.IntN(len(idDigits))]
	}
	return string(id[:])
}
