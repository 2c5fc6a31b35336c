// Package provider gives a program its language models: a Binding says which provider's model
// one is, without its key, and Open makes the client of it, with the limits that all
// executions of the process share.
package provider

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/wfgen/wfgen/runtime/guard"
	"github.com/wfgen/wfgen/runtime/model"
)

// A Binding says which model of which provider one is. It holds the name of the environment
// variable that has the key, and never the key, so that it may be written down.
type Binding struct {
	Provider string `json:"provider"` // one of Names
	Model    string `json:"model"`    // as the provider calls it
	// BaseURL is where the provider's wire is spoken by somebody else; empty for the provider.
	BaseURL string `json:"base_url,omitempty"`
	// KeyEnv is the environment variable that has the key. Where it is empty it is the
	// provider's usual one or, with a BaseURL, none: whoever is there isn't the provider.
	KeyEnv string `json:"key_env,omitempty"`
	// Rate bounds how many requests begin within Per; 0 is for any number. AtOnce bounds how
	// many go on at a time.
	Rate   int           `json:"rate,omitempty"`
	Per    time.Duration `json:"per,omitempty"`
	AtOnce int           `json:"at_once,omitempty"`
}

// A known is a provider as it is when nothing else is said.
type known struct {
	wire    model.Wire
	base    string // empty for the wire's own
	baseVar string // an environment variable that says another
	keyVar  string // empty where it wants no key
	// suffix is what baseVar leaves out.
	suffix string
}

var all = map[string]known{
	"anthropic": {wire: model.AnthropicMessages, baseVar: "ANTHROPIC_BASE_URL", keyVar: "ANTHROPIC_API_KEY"},
	"gemini":    {wire: model.Gemini, baseVar: "GEMINI_BASE_URL", keyVar: "GEMINI_API_KEY"},
	"ollama":    {wire: model.ChatCompletions, base: "http://127.0.0.1:11434/v1", baseVar: "OLLAMA_HOST", suffix: "/v1"},
	"openai":    {wire: model.ChatCompletions, baseVar: "OPENAI_BASE_URL", keyVar: "OPENAI_API_KEY"},
}

// Names are the providers that a Binding may name. Whoever speaks the wire of one of them is
// reached by its name and a BaseURL.
func Names() []string { return slices.Sorted(maps.Keys(all)) }

// Key is the environment variable that a binding's key is read from; empty where the provider
// wants none, or isn't known.
func (b *Binding) Key() string {
	if b.KeyEnv != "" || b.BaseURL != "" {
		return b.KeyEnv
	}
	return all[b.Provider].keyVar
}

// Open makes the model, with the key that the environment has.
func (b *Binding) Open() (*Model, error) {
	p, ok := all[b.Provider]
	switch {
	case !ok:
		return nil, fmt.Errorf("there is no provider %q; there is %s, and whoever speaks like one of them has its name and a base URL", b.Provider, strings.Join(Names(), ", "))
	case b.Model == "":
		return nil, fmt.Errorf("no model of %s is named", b.Provider)
	case b.Rate < 0 || b.AtOnce < 0 || b.Rate > 0 && b.Per <= 0:
		return nil, fmt.Errorf("a limit of %s %s isn't above 0", b.Provider, b.Model)
	}
	key, base := b.Key(), cmp.Or(b.BaseURL, p.address())
	if key != "" && os.Getenv(key) == "" {
		return nil, fmt.Errorf("the key of %s is to be in the environment variable %s, which isn't set", b.Provider, key)
	}
	if err := safe(base, key); err != nil {
		return nil, fmt.Errorf("%s %s: %w", b.Provider, b.Model, err)
	}
	m := &Model{Client: model.Client{Wire: p.wire, BaseURL: base, Model: b.Model}}
	if key != "" {
		m.Key = model.Key(os.Getenv(key))
	}
	if b.Rate > 0 {
		m.rate = &guard.Line{N: b.Rate, Per: b.Per}
	}
	if b.AtOnce > 0 {
		m.atOnce = &guard.Line{N: b.AtOnce}
	}
	return m, nil
}

// safe refuses a base URL that tells a secret: one that has it, or over which the key of an
// environment variable would go unencrypted. The error says nothing of the URL, which may be
// one; what else is wrong with it is said by who asks the model.
func safe(base, key string) error {
	at, err := url.Parse(base)
	switch {
	case err != nil:
		return errors.New("the base URL is none")
	case at.User != nil:
		return errors.New("the base URL has a user, and URLs are written down: put the key into an environment variable, and name that as key_env")
	case at.Scheme == "http" && key != "" && !local(at.Hostname()):
		return fmt.Errorf("the key in %s would go to the base URL unencrypted, for all on the way to read: use https, or a base_url in wfgen.toml without key_env, which gets no key", key)
	}
	return nil
}

func local(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// OpenAll makes the models of bindings, which are a JSON object of them by name; empty for
// none.
func OpenAll(bindings []byte) (map[string]*Model, error) {
	var all map[string]*Binding
	if len(bindings) > 0 {
		if err := json.Unmarshal(bindings, &all); err != nil {
			return nil, fmt.Errorf("the models: %w", err)
		}
	}
	models := map[string]*Model{}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		m, err := all[name].Open()
		if err != nil {
			return nil, fmt.Errorf("model %s: %w", name, err)
		}
		models[name] = m
	}
	return models, nil
}

// address is where a provider is reached when a binding doesn't say; empty for the wire's own.
func (p *known) address() string {
	said := os.Getenv(p.baseVar)
	if said == "" {
		return p.base
	}
	if p.suffix == "" {
		return said
	}
	if !strings.Contains(said, "://") {
		said = "http://" + said
	}
	return strings.TrimRight(said, "/") + p.suffix
}

// A Model is a model of a provider with limits, which all who ask it share.
type Model struct {
	model.Client
	rate, atOnce *guard.Line // nil for no limit
}

// Ask asks the model once there is room; see model.Client. Who comes first is asked first.
func (m *Model) Ask(ctx context.Context, r *model.Request, partial func(model.Delta)) (*model.Reply, error) {
	if err := stand(ctx, m.atOnce); err != nil {
		return nil, err
	}
	if m.atOnce != nil {
		defer m.atOnce.Leave(nil)
	}
	if err := stand(ctx, m.rate); err != nil {
		return nil, err
	}
	return m.Client.Ask(ctx, r, partial)
}

// stand waits for a place in a line; nil is one without an end.
func stand(ctx context.Context, l *guard.Line) error {
	if l == nil || l.Enter(nil, time.Now()) {
		return nil
	}
	called := make(chan struct{}, 1)
	w := &guard.Waiter{Call: func() {
		select {
		case called <- struct{}{}:
		default: // it is called already
		}
	}}
	l.Join(nil, w, time.Now())
	for {
		in, at := l.Look(w, time.Now())
		if in {
			return nil
		}
		var free <-chan time.Time
		if !at.IsZero() {
			free = time.After(time.Until(at))
		}
		select {
		case <-called:
		case <-free:
		case <-ctx.Done():
			l.Quit(w)
			return context.Cause(ctx)
		}
	}
}
