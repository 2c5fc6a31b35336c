package provider_test

import (
	"net/http"
	"sync/atomic"
)

// counting sends requests, and counts those that go on at a time.
func counting(inside, most *atomic.Int32) *http.Client {
	return &http.Client{Transport: counter{inside, most}}
}

type counter struct{ inside, most *atomic.Int32 }

func (c counter) RoundTrip(r *http.Request) (*http.Response, error) {
	n := c.inside.Add(1)
	defer c.inside.Add(-1)
	for old := c.most.Load(); n > old && !c.most.CompareAndSwap(old, n); old = c.most.Load() {
	}
	return http.DefaultTransport.RoundTrip(r)
}
