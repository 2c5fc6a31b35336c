// Package incident answers alerts: incident.wf says what is looked at, who is
// told and what is tried, and this file has the tools, over a cluster in memory.
package incident

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

//go:generate go run github.com/wfgen/wfgen/cmd/wfgen compile .

// A Cluster runs services. It is safe for concurrent use.
type Cluster struct {
	mu       sync.Mutex
	services map[string]*service
	// Said is what was paged and posted, in order.
	said []string
}

type service struct {
	errorRate float64
	deploys   []Deploy // the newest last
	owners    []string
	drained   bool
	// mends tells what makes the service healthy: rollback or restart.
	mends string
}

// NewCluster gives a cluster whose checkout is broken by its last deploy.
func NewCluster() *Cluster {
	day := time.Date(2026, 3, 14, 9, 0, 0, 0, time.UTC)
	return &Cluster{services: map[string]*service{
		"checkout": {
			errorRate: 0.31,
			deploys:   []Deploy{{Version: "v41", At: day, Author: "ada"}, {Version: "v42", At: day.Add(5 * time.Hour), Author: "alan"}},
			owners:    []string{"grace", "ada"},
			mends:     "rollback",
		},
		"search": {errorRate: 0.01, owners: []string{"edsger"}},
		"mail":   {errorRate: 0.5, mends: "restart"},
	}}
}

var errUnknown = errors.New("no such service")

func (c *Cluster) with(name string, do func(*service) error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	s, ok := c.services[name]
	if !ok {
		return fmt.Errorf("%s: %w", name, errUnknown)
	}
	return do(s)
}

// CheckHealth takes a service with 5 % errors or more for ill.
func (c *Cluster) CheckHealth(_ context.Context, name string) (h Health, err error) {
	err = c.with(name, func(s *service) error {
		h = Health{Healthy: s.errorRate < 0.05, ErrorRate: s.errorRate}
		return nil
	})
	return h, err
}

// LastDeploy gives the deploy to go back to: nil where there is none.
func (c *Cluster) LastDeploy(_ context.Context, name string) (d *Deploy, err error) {
	err = c.with(name, func(s *service) error {
		if n := len(s.deploys); n > 1 {
			d = &s.deploys[n-2]
		}
		return nil
	})
	return d, err
}

// Owners fails for a service that nobody owns.
func (c *Cluster) Owners(_ context.Context, name string) (owners []string, err error) {
	err = c.with(name, func(s *service) error {
		if len(s.owners) == 0 {
			return fmt.Errorf("%s has no owners", name)
		}
		owners = s.owners
		return nil
	})
	return owners, err
}

func (c *Cluster) say(text string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.said = append(c.said, text)
	return nil
}

// Page wakes somebody up.
func (c *Cluster) Page(_ context.Context, person, text string) error {
	return c.say("page " + person + ": " + text)
}

// Post writes to a channel.
func (c *Cluster) Post(_ context.Context, channel, text string) error {
	return c.say(channel + ": " + text)
}

// Drain takes a service out of the traffic; the ticket is what Undrain wants.
func (c *Cluster) Drain(_ context.Context, name string) (string, error) {
	return name, c.with(name, func(s *service) error {
		s.drained = true
		return nil
	})
}

// Undrain gives a service its traffic back.
func (c *Cluster) Undrain(_ context.Context, ticket string) error {
	return c.with(ticket, func(s *service) error {
		s.drained = false
		return nil
	})
}

// Rollback deploys an older version.
func (c *Cluster) Rollback(_ context.Context, name string, to Deploy) error {
	return c.with(name, func(s *service) error {
		s.deploys = append(s.deploys, to)
		return s.mended("rollback")
	})
}

// Restart starts a service afresh.
func (c *Cluster) Restart(_ context.Context, name string) error {
	return c.with(name, func(s *service) error { return s.mended("restart") })
}

func (s *service) mended(by string) error {
	if s.mends == by {
		s.errorRate = 0
	}
	return nil
}
