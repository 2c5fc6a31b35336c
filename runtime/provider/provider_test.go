package provider_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wfgen/wfgen/runtime/agenttest"
	"github.com/wfgen/wfgen/runtime/model"
	"github.com/wfgen/wfgen/runtime/provider"
)

// reached is a binding of a model of a provider that is none.
func reached(t *testing.T, p *agenttest.Provider, b provider.Binding) *provider.Model {
	t.Helper()
	t.Cleanup(p.Close)
	t.Setenv("TEST_KEY", string(p.Key))
	b.Provider, b.Model, b.BaseURL, b.KeyEnv = "anthropic", "m", p.URL(model.AnthropicMessages), "TEST_KEY"
	m, err := b.Open()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

var hello = &model.Request{Messages: []model.Message{{Role: model.User, Text: "hello"}}}

// TestAtOnce: no more requests go on at a time than the limit says, and all are answered.
func TestAtOnce(t *testing.T) {
	var inside, most atomic.Int32
	m := reached(t, agenttest.Start(func(*agenttest.Request) agenttest.Turn { return agenttest.Turn{Wait: 20 * time.Millisecond} }), provider.Binding{AtOnce: 2})
	// What is sent is counted, and not what is answered: the provider answers one at a time.
	m.HTTP = counting(&inside, &most)
	var wg sync.WaitGroup
	for range 7 {
		wg.Go(func() {
			if _, err := m.Ask(context.Background(), hello, nil); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if most.Load() != 2 {
		t.Errorf("%d requests went on at once, want 2", most.Load())
	}
}

// TestRate: the third request waits until the first is long enough ago, and one that nobody
// waits for any more takes no place.
func TestRate(t *testing.T) {
	const per = 150 * time.Millisecond
	m := reached(t, agenttest.Start(func(*agenttest.Request) agenttest.Turn { return agenttest.Turn{} }), provider.Binding{Rate: 2, Per: per})
	start := time.Now()
	for range 2 {
		if _, err := m.Ask(context.Background(), hello, nil); err != nil {
			t.Fatal(err)
		}
	}
	gone, cancel := context.WithCancelCause(context.Background())
	enough := errors.New("enough")
	cancel(enough)
	if _, err := m.Ask(gone, hello, nil); !errors.Is(err, enough) {
		t.Errorf("who waits no longer gets %v", err)
	}
	if _, err := m.Ask(context.Background(), hello, nil); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(start); took < per {
		t.Errorf("three requests took %v, and two may begin within %v", took, per)
	}
}

func TestOpen(t *testing.T) {
	t.Setenv("OPENAI_API_KEY", "secret")
	t.Setenv("OPENAI_BASE_URL", "http://127.0.0.1:1/v1")
	t.Setenv("OLLAMA_HOST", "127.0.0.1:2")
	for name, want := range map[string]string{"openai": "http://127.0.0.1:1/v1 secret", "ollama": "http://127.0.0.1:2/v1 "} {
		m, err := (&provider.Binding{Provider: name, Model: "m"}).Open()
		if err != nil || m.BaseURL+" "+string(m.Key) != want {
			t.Errorf("%s: %v, %v; want %s", name, m, err, want)
		}
	}
	for want, b := range map[string]provider.Binding{
		"there is no provider": {Provider: "nobody", Model: "m"},
		"no model of openai":   {Provider: "openai"},
		"isn't above 0":        {Provider: "openai", Model: "m", Rate: 1},
		"MY_KEY, which isn't":  {Provider: "openai", Model: "m", KeyEnv: "MY_KEY"},
	} {
		if _, err := b.Open(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v; want %q", b, err, want)
		}
	}
}

// TestSafe: no key goes unencrypted to another machine, and no URL has one.
func TestSafe(t *testing.T) {
	const secret = "sk-0123456789"
	t.Setenv("TEST_KEY", secret)
	for base, want := range map[string]string{
		"https://models.example/v1":                 "",
		"http://127.0.0.1:8080/v1":                  "",
		"http://[::1]:8080/v1":                      "",
		"http://localhost/v1":                       "",
		"http://models.example/v1":                  "the key in TEST_KEY would go to the base URL unencrypted",
		"HTTP://10.0.0.7/v1":                        "unencrypted",
		"http://localhost.models.example/v1":        "unencrypted",
		"https://ann:" + secret + "@models.example": "has a user",
		"https://" + secret + "@models.example":     "has a user",
		"https://" + secret + "%zz":                 "is none",
	} {
		_, err := (&provider.Binding{Provider: "openai", Model: "m", BaseURL: base, KeyEnv: "TEST_KEY"}).Open()
		if (err == nil) != (want == "") || err != nil && (!strings.Contains(err.Error(), want) || strings.Contains(err.Error(), secret)) {
			t.Errorf("%s: %v; want %q, and no secret", base, err, want)
		}
	}
	if _, err := (&provider.Binding{Provider: "openai", Model: "m", BaseURL: "http://10.0.0.7/v1"}).Open(); err != nil {
		t.Errorf("whoever gets no key is asked by http too: %v", err)
	}
	t.Setenv("OPENAI_API_KEY", secret)
	t.Setenv("OPENAI_BASE_URL", "http://10.0.0.7/v1")
	if _, err := (&provider.Binding{Provider: "openai", Model: "m"}).Open(); err == nil {
		t.Error("the provider's key would go unencrypted to where the environment says")
	}
}

// TestOpenAllOrder: of several that are wrong the same one is told each time.
func TestOpenAllOrder(t *testing.T) {
	for range 20 {
		_, err := provider.OpenAll([]byte(`{"d": {}, "b": {}, "c": {}, "a": {}}`))
		if err == nil || !strings.HasPrefix(err.Error(), "model a: ") {
			t.Fatal(err)
		}
	}
}
