package main

import "testing"

// TestConcurrent bounds what an execution holds while it waits, beyond what the same by
// hand does.
func TestConcurrent(t *testing.T) {
	if raced {
		t.Skip("the race detector takes memory")
	}
	const n, most = 10_000, 4096
	var hand int64
	for _, way := range waiting {
		each, err := held(t.Context(), n, way.start)
		switch {
		case err != nil:
			t.Fatal(err)
		case way.name == baseline:
			hand = each
		case each-hand > most:
			t.Errorf("%s: %d bytes, %d by hand; it may be %d more", way.name, each, hand, most)
		}
	}
	if hand <= 0 {
		t.Errorf("by hand an execution holds %d bytes: nothing to compare with", hand)
	}
}
