package guard_test

import (
	"testing"
	"time"

	"github.com/wfgen/wfgen/runtime/guard"
)

func TestCacheKeepsForATime(t *testing.T) {
	c := &guard.Cache{For: time.Minute}
	c.Put("a", 1, 0, noon)
	c.Put("a", 2, 0, noon.Add(time.Second))
	if v, ok := c.Get("a", noon.Add(time.Minute)); !ok || v != 2 {
		t.Errorf("got %v, %v; want the last that was put", v, ok)
	}
	if v, ok := c.Get("a", noon.Add(61*time.Second)); ok {
		t.Errorf("got %v after its time", v)
	}
}

// What was asked for last stays.
func TestCacheIsBounded(t *testing.T) {
	c := &guard.Cache{For: time.Hour}
	for i := range guard.MaxKept {
		c.Put(i, i, 0, noon)
	}
	c.Get(0, noon)
	c.Put("more", 0, 0, noon)
	if _, ok := c.Get(0, noon); !ok {
		t.Error("what was asked for last is gone")
	}
	if _, ok := c.Get(1, noon); ok {
		t.Error("what nobody has asked for longest is kept")
	}
	c.Put("large", 0, guard.MaxBytes/2, noon)
	c.Put("as large", 0, guard.MaxBytes/2, noon)
	if _, ok := c.Get("large", noon); ok {
		t.Error("more bytes are kept than there may be")
	}
	c.Put("too large", 0, guard.MaxBytes, noon)
	if _, ok := c.Get("too large", noon); ok {
		t.Error("what takes all the room is kept")
	}
	if _, ok := c.Get("as large", noon); !ok {
		t.Error("what has room is gone for what has none")
	}
}
