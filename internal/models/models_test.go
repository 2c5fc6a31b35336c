package models_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wfgen/wfgen/internal/models"
	"github.com/wfgen/wfgen/runtime/provider"
)

// load reads a configuration from below a directory with that file.
func load(t *testing.T, file string, flags ...string) (*models.Config, error) {
	t.Helper()
	dir := t.TempDir()
	below := filepath.Join(dir, "a", "b")
	if err := os.MkdirAll(below, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if file != "" {
		if err := os.WriteFile(filepath.Join(dir, models.File), []byte(file), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return models.Load(below, flags)
}

const twoModels = `
[models.fast]
provider = "openai"
base_url = "http://127.0.0.1:8080/v1"
model    = "tiny"
rate     = "60 per 1m"
at_once  = 4

[models.strong]
provider = "anthropic"
model    = "big"
key_env  = "STRONG_KEY"
`

func TestBindings(t *testing.T) {
	t.Setenv("STRONG_KEY", "secret")
	t.Setenv("OPENAI_API_KEY", "another")
	c, err := load(t, twoModels)
	if err != nil {
		t.Fatal(err)
	}
	got, err := c.Bindings([]string{"fast", "strong"})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]*provider.Binding{
		"fast":   {Provider: "openai", BaseURL: "http://127.0.0.1:8080/v1", Model: "tiny", Rate: 60, Per: time.Minute, AtOnce: 4},
		"strong": {Provider: "anthropic", Model: "big", KeyEnv: "STRONG_KEY"},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if m, err := got["fast"].Open(); err != nil || m.Key != "" {
		t.Errorf("whoever is at a base URL would get the provider's key: %q, %v", string(m.Key), err)
	}
}

// TestOrder: a flag counts before the environment, and that before the file.
func TestOrder(t *testing.T) {
	t.Setenv("STRONG_KEY", "secret")
	t.Setenv("GEMINI_API_KEY", "secret")
	c, err := load(t, twoModels, "strong=ollama:flag:latest")
	if err != nil {
		t.Fatal(err)
	}
	is := func(name, want string) {
		t.Helper()
		if b, err := c.Binding(name); err != nil || b.Model != want {
			t.Errorf("%s is %v, %v; want %s", name, b, err, want)
		}
	}
	is("fast", "tiny")
	t.Setenv("WFGEN_MODEL_FAST", "gemini:env")
	t.Setenv("WFGEN_MODEL_STRONG", "gemini:env")
	is("fast", "env")
	is("strong", "flag:latest")
	if err := c.Known([]string{"fast"}); err == nil {
		t.Error("a flag for a name that nobody asks is taken")
	}
}

// TestWrong: what is wrong is said with what to write, and without a secret.
func TestWrong(t *testing.T) {
	const secret = "sk-ant-0123456789"
	for name, c := range map[string]struct{ file, want string }{
		"key":           {"[models.fast]\nprovider = \"openai\"\nmodel = \"m\"\nkey = \"" + secret + "\"", `[models.fast] has key: a key isn't written into this file`},
		"api_key":       {"[models.fast]\nprovider = \"openai\"\nmodel = \"m\"\napi_key = \"" + secret + "\"", `key_env = "NAME"`},
		"key_env":       {"[models.fast]\nprovider = \"openai\"\nmodel = \"m\"\nkey_env = \"" + secret + "\"", "not the key itself"},
		"no provider":   {"[models.fast]\nprovider = \"" + secret + "\"\nmodel = \"m\"", "provider is to be one of anthropic, gemini, ollama, openai"},
		"no model":      {"[models.fast]\nprovider = \"openai\"", "model is to say"},
		"unknown":       {"[models.fast]\nprovider = \"openai\"\nmodel = \"m\"\nspeed = 1", "nobody knows models.fast.speed"},
		"another table": {"[model.fast]\nprovider = \"openai\"", "nobody knows model"},
		"rate":          {"[models.fast]\nprovider = \"openai\"\nmodel = \"m\"\nrate = \"fast\"", `as "60 per 1m"`},
		"no base_url":   {"[models.fast]\nprovider = \"openai\"\nmodel = \"m\"\nbase_url = \"\"", "base_url is empty"},
		"at_once 0":     {"[models.fast]\nprovider = \"openai\"\nmodel = \"m\"\nat_once = 0", "at_once is to be above 0"},
		"the first":     {"[models.h]\n[models.fast]\n[models.g]\n[models.a]\n[models.z]\n[models.b]", "[models.a]: provider"},
		"no TOML":       {"[models.fast]\nkey = " + secret, "line 2 isn't TOML"},
		"another kind":  {"[models.fast]\nprovider = \"openai\"\nat_once = \"" + secret + "\"", "isn't of the kind"},
	} {
		config, err := load(t, c.file)
		if err != nil {
			t.Fatalf("%s: who needs no model gets %v", name, err)
		}
		_, err = config.Binding("fast")
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v; want %q", name, err, c.want)
		}
		if err != nil && strings.Contains(err.Error(), secret) {
			t.Errorf("%s: the error says the key: %v", name, err)
		}
	}
}

func TestMissing(t *testing.T) {
	c, err := load(t, "")
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Bindings([]string{"fast", "strong"})
	want := `nothing says which model is meant by fast and strong. Write into a file wfgen.toml in the package's directory, or above it up to the one of go.mod or .git
  [models.fast]
  provider = "anthropic"
  model    = "claude-haiku-4-5"
  [models.strong]
  provider = "anthropic"
  model    = "claude-haiku-4-5"
or set in the environment
  WFGEN_MODEL_FAST=anthropic:claude-haiku-4-5
  WFGEN_MODEL_STRONG=anthropic:claude-haiku-4-5
or give -model fast=anthropic:claude-haiku-4-5. Its key is read from ANTHROPIC_API_KEY. Providers are anthropic, gemini, ollama, openai; a base_url in the file leads to others that speak like them.`
	if err == nil || err.Error() != want {
		t.Errorf("got %v\nwant %s", err, want)
	}
	t.Setenv("ANTHROPIC_API_KEY", "")
	c, err = load(t, "", "fast=anthropic:x")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Bindings([]string{"fast"}); err == nil || !strings.Contains(err.Error(), "ANTHROPIC_API_KEY, which isn't set") {
		t.Errorf("a key that isn't there: %v", err)
	}
	if _, err := load(t, "", "fast=claude"); err == nil || !strings.Contains(err.Error(), "NAME=PROVIDER:MODEL") {
		t.Errorf("a flag of another form: %v", err)
	}
}

// TestDocument: the file of docs/agents.md is one.
func TestDocument(t *testing.T) {
	text, err := os.ReadFile("../../docs/agents.md")
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(text), "```toml\n")
	file, _, ok := strings.Cut(after, "```")
	c, err := load(t, file)
	if !ok || err != nil {
		t.Fatalf("docs/agents.md has no file, or %v", err)
	}
	for _, name := range []string{"fast", "strong"} {
		if b, err := c.Binding(name); b == nil || err != nil {
			t.Errorf("it says nothing of %s: %v", name, err)
		}
	}
}

// TestNearest: a file above counts within the module or the checkout, and nobody else's does.
func TestNearest(t *testing.T) {
	const file = "[models.fast]\nprovider = \"openai\"\nmodel = \"%s\"\n"
	for name, c := range map[string]struct {
		files []string
		want  string // the directory whose file counts
	}{
		"its own":               {[]string{"wfgen.toml", "a/wfgen.toml", "a/b/wfgen.toml", "go.mod"}, "a/b"},
		"the module's":          {[]string{"wfgen.toml", "a/wfgen.toml", "a/go.mod"}, "a"},
		"the checkout's":        {[]string{"wfgen.toml", "a/wfgen.toml", "a/.git"}, "a"},
		"above a module":        {[]string{"wfgen.toml", "a/go.mod"}, ""},
		"of no module":          {[]string{"wfgen.toml", "a/wfgen.toml"}, ""},
		"its own, of no module": {[]string{"wfgen.toml", "a/b/wfgen.toml"}, "a/b"},
	} {
		dir := t.TempDir()
		for _, f := range append(c.files, "a/b/x.wf") {
			path := filepath.Join(dir, f)
			if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, nil, 0o666); err != nil {
				t.Fatal(err)
			}
			if filepath.Base(path) == models.File {
				if err := os.WriteFile(path, fmt.Appendf(nil, file, filepath.Dir(f)), 0o666); err != nil {
					t.Fatal(err)
				}
			}
		}
		config, err := models.Load(filepath.Join(dir, "a", "b"), nil)
		if err != nil {
			t.Fatal(err)
		}
		b, err := config.Binding("fast")
		got := ""
		if b != nil {
			got = b.Model
		}
		if err != nil || got != c.want {
			t.Errorf("%s: the file of %q counts, %v; want %q", name, got, err, c.want)
		}
	}
}
