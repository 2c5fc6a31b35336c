package guard

import (
	"container/list"
	"sync"
	"time"
)

// A Cache keeps values for as long as For says, as far as they have room: of more than
// MaxKept, or of more bytes than MaxBytes, those go that nobody has asked for longest.
type Cache struct {
	For time.Duration

	mu    sync.Mutex
	kept  map[any]*list.Element // of *item
	order list.List             // what was asked for last is first
	bytes int
}

// The bounds of a Cache.
const (
	MaxKept  = 10_000
	MaxBytes = 64 << 20
)

// perItem is what an item costs beside its value.
const perItem = 200

type item struct {
	key   any
	value any
	bytes int
	until time.Time
}

// Get gives what is kept under a key.
func (c *Cache) Get(key any, now time.Time) (value any, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e := c.kept[key]
	if e == nil {
		return nil, false
	}
	i := e.Value.(*item)
	if !now.Before(i.until) {
		c.drop(e)
		return nil, false
	}
	c.order.MoveToFront(e)
	return i.value, true
}

// Put keeps a value of so many bytes. One that would take all the room isn't kept.
func (c *Cache) Put(key, value any, bytes int, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e := c.kept[key]; e != nil {
		c.drop(e)
	}
	if bytes += perItem; bytes > MaxBytes {
		return
	}
	if c.kept == nil {
		c.kept = map[any]*list.Element{}
	}
	c.kept[key] = c.order.PushFront(&item{key, value, bytes, now.Add(c.For)})
	for c.bytes += bytes; c.bytes > MaxBytes || c.order.Len() > MaxKept; {
		c.drop(c.order.Back())
	}
}

func (c *Cache) drop(e *list.Element) {
	i := c.order.Remove(e).(*item)
	delete(c.kept, i.key)
	c.bytes -= i.bytes
}
