// Package canary brings versions out step by step: canary.wf says how they are watched, and
// when they are taken back, and this file has the tools. They keep all in memory: put your own
// cluster in their place.
package canary

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

//go:generate go run github.com/wfgen/wfgen/cmd/wfgen compile .

// A Cluster runs versions of services.
type Cluster struct {
	mu       sync.Mutex
	versions map[string]string
}

// NewCluster gives a cluster that runs v1 of the shop.
func NewCluster() *Cluster { return &Cluster{versions: map[string]string{"shop": "v1"}} }

// Current is the version that has all of the traffic.
func (c *Cluster) Current(_ context.Context, service string) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.versions[service], nil
}

// Measure finds fault with versions that are called broken.
func (c *Cluster) Measure(_ context.Context, service, version string) (Health, error) {
	if version == "broken" {
		return Health{ErrorRate: 0.3, P99: 4 * time.Second}, nil
	}
	return Health{ErrorRate: 0.001, P99: 80 * time.Millisecond}, nil
}

// Shift gives a version a share of the traffic.
func (c *Cluster) Shift(_ context.Context, service, version string, percent int) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if percent == 100 {
		c.versions[service] = version
	}
	return nil
}

// Deploy starts a version without traffic.
func (c *Cluster) Deploy(_ context.Context, service, version string) (string, error) {
	return service + "@" + version, nil
}

// Remove stops a version.
func (c *Cluster) Remove(context.Context, string, string) error { return nil }

// Announce tells people.
func (c *Cluster) Announce(ctx context.Context, channel, text string) error {
	slog.InfoContext(ctx, text, "to", channel)
	return nil
}
