package runtime

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"time"
)

// Now is the step that reads the clock: the time in UTC.
func (f *Frame) Now(s *Step) (time.Time, error) {
	return read(f, s, func() time.Time { return f.now().UTC().Round(0) })
}

// UUID is the step that makes a random UUID, of version 4 of RFC 9562.
func (f *Frame) UUID(s *Step) (string, error) {
	return read(f, s, func() string {
		var b [16]byte
		binary.NativeEndian.PutUint64(b[:], rand.Uint64())
		binary.NativeEndian.PutUint64(b[8:], rand.Uint64())
		b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
		return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
	})
}

// read runs a step that takes no time and can't fail.
func read[T any](f *Frame, s *Step, do func() T) (v T, err error) {
	if f.durable() != nil {
		return recordedRead(f, s, do)
	}
	if err := f.stopped(s); err != nil {
		return v, err
	}
	f.emitStep(Scheduled, s, 0, nil)
	v = do()
	emitDone(f, s, 0, v)
	return v, nil
}

// Exhausted is the error of a loop that came to its last round without a break.
func (f *Frame) Exhausted(s *Step, rounds int) error {
	text := fmt.Sprintf("no break within %d rounds", rounds)
	if rounds == 1 {
		text = "no break within 1 round"
	}
	return f.failed(s, 0, &Failure{Text: text})
}
