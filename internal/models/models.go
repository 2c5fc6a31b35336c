// Package models is where the command has language models from: a file wfgen.toml of the
// package or of what it is a part of, the environment, and flags. It gives bindings, which hold no key: a
// key is read from the environment by whoever asks the model.
package models

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/BurntSushi/toml"

	"github.com/wfgen/wfgen/runtime/provider"
)

// File is the name of the file.
const File = "wfgen.toml"

// A Config says which models names mean. What a flag says counts before the environment, and
// that before the file.
type Config struct {
	file  map[string]*provider.Binding
	path  string // of the file; empty where there is none
	wrong error  // with the file
	flags map[string]*provider.Binding
}

// Load reads the file that is nearest to a directory: in it, or above, where both are of one
// module or checkout. What lies further above is others', who could have a key sent to them.
// What is wrong with the file concerns nobody who doesn't need it, and is said by Binding.
// flags are of the form NAME=PROVIDER:MODEL.
func Load(dir string, flags []string) (*Config, error) {
	c := &Config{flags: map[string]*provider.Binding{}}
	for _, flag := range flags {
		name, said, ok := strings.Cut(flag, "=")
		b := parse(said)
		if !ok || b == nil {
			return nil, fmt.Errorf("-model %s isn't of the form NAME=PROVIDER:MODEL, as fast=%s", flag, example)
		}
		c.flags[name] = b
	}
	at, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	top := root(at)
	for {
		path := filepath.Join(at, File)
		text, err := os.ReadFile(path)
		if err == nil {
			c.path = path
			if c.file, err = read(string(text)); err != nil {
				c.wrong = fmt.Errorf("%s: %w", path, err)
			}
			return c, nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			c.wrong = err
			return c, nil
		}
		if at == top {
			return c, nil
		}
		at = filepath.Dir(at)
	}
}

// root is the directory of the module or checkout that a directory is in; itself where it is
// in none.
func root(dir string) string {
	for at := dir; ; {
		for _, mark := range []string{"go.mod", ".git"} {
			if _, err := os.Lstat(filepath.Join(at, mark)); err == nil {
				return at
			}
		}
		above := filepath.Dir(at)
		if above == at {
			return dir
		}
		at = above
	}
}

// example is what a model may be, where one is to be shown.
const example = "anthropic:claude-haiku-4-5"

// parse reads PROVIDER:MODEL; nil for what isn't of that form.
func parse(text string) *provider.Binding {
	name, m, ok := strings.Cut(text, ":")
	if !ok || m == "" || !slices.Contains(provider.Names(), name) {
		return nil
	}
	return &provider.Binding{Provider: name, Model: m}
}

// A table is a model as the file has it.
type table struct {
	Provider string `toml:"provider"`
	Model    string `toml:"model"`
	BaseURL  string `toml:"base_url"`
	KeyEnv   string `toml:"key_env"`
	Rate     string `toml:"rate"`
	AtOnce   *int   `toml:"at_once"`
}

// read reads the file's text. What it complains about may be a secret, so that it says no
// value.
func read(text string) (map[string]*provider.Binding, error) {
	var file struct {
		Models map[string]table `toml:"models"`
	}
	meta, err := toml.Decode(text, &file)
	if wrong := new(toml.ParseError); errors.As(err, wrong) {
		return nil, fmt.Errorf("line %d isn't TOML, or not of the kind that belongs there", wrong.Position.Line)
	}
	if err != nil {
		return nil, errors.New("it has a value that isn't of the kind that belongs there: " + kinds)
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		return nil, unfit(unknown[0])
	}
	out := map[string]*provider.Binding{}
	for _, name := range slices.Sorted(maps.Keys(file.Models)) {
		t := file.Models[name]
		b, err := t.binding()
		for _, line := range [][2]string{{"base_url", t.BaseURL}, {"key_env", t.KeyEnv}} {
			// Else an address that somebody's script has left empty would be the provider's own.
			if err == nil && line[1] == "" && meta.IsDefined("models", name, line[0]) {
				err = fmt.Errorf("%s is empty: leave the line out for what is usual with the provider", line[0])
			}
		}
		if err != nil {
			return nil, fmt.Errorf("[models.%s]: %w", name, err)
		}
		out[name] = b
	}
	return out, nil
}

// unfit says why nothing of that name is in the file.
func unfit(key toml.Key) error {
	last := strings.ToLower(key[len(key)-1])
	if len(key) == 3 && key[0] == "models" && (strings.Contains(last, "key") || strings.Contains(last, "token") || strings.Contains(last, "secret")) {
		return fmt.Errorf("[models.%s] has %s: a key isn't written into this file, which is made to be shared. Put it into an environment variable, and say here which: key_env = %q", key[1], key[2], "NAME")
	}
	return fmt.Errorf("nobody knows %s; there is [models.NAME], with %s", key, kinds)
}

const kinds = "provider, model, base_url, key_env and rate as strings, at_once as a number"

func (t *table) binding() (*provider.Binding, error) {
	b := &provider.Binding{Provider: t.Provider, Model: t.Model, BaseURL: t.BaseURL, KeyEnv: t.KeyEnv}
	if t.AtOnce != nil {
		b.AtOnce = *t.AtOnce
	}
	switch {
	case !slices.Contains(provider.Names(), t.Provider):
		return nil, fmt.Errorf("provider is to be one of %s: whoever speaks like one of them has its name, and a base_url", strings.Join(provider.Names(), ", "))
	case t.Model == "":
		return nil, errors.New("model is to say which of the provider's models it is")
	case t.KeyEnv != "" && !isVariable(t.KeyEnv):
		return nil, errors.New("key_env is to be the name of an environment variable, as ANTHROPIC_API_KEY, and not the key itself")
	case t.AtOnce != nil && b.AtOnce <= 0:
		return nil, errors.New("at_once is to be above 0")
	}
	if t.Rate == "" {
		return b, nil
	}
	n, per, ok := strings.Cut(t.Rate, " per ")
	rate, err := strconv.Atoi(strings.TrimSpace(n))
	span, wrong := time.ParseDuration(strings.TrimSpace(per))
	if !ok || err != nil || wrong != nil || rate <= 0 || span <= 0 {
		return nil, errors.New(`rate is to be a number of requests and a time, as "60 per 1m"`)
	}
	b.Rate, b.Per = rate, span
	return b, nil
}

// isVariable tells whether a text may be the name of an environment variable, and no key.
func isVariable(name string) bool {
	return !strings.ContainsFunc(name, func(c rune) bool {
		return c != '_' && (c < 'A' || c > 'Z') && (c < '0' || c > '9')
	})
}

// Variable is the environment variable that says which model a name means.
func Variable(name string) string { return "WFGEN_MODEL_" + strings.ToUpper(name) }

// Binding is what is said of a name; nil where nothing is.
func (c *Config) Binding(name string) (*provider.Binding, error) {
	if b := c.flags[name]; b != nil {
		return b, nil
	}
	if text := os.Getenv(Variable(name)); text != "" {
		b := parse(text)
		if b == nil {
			return nil, fmt.Errorf("the environment variable %s isn't of the form PROVIDER:MODEL, as %s, with a provider of %s", Variable(name), example, strings.Join(provider.Names(), ", "))
		}
		return b, nil
	}
	return c.file[name], c.wrong
}

// Has tells whether something is said of a name.
func (c *Config) Has(name string) bool {
	b, err := c.Binding(name)
	return b != nil && err == nil
}

// Flagged tells that a flag says which model a name means.
func (c *Config) Flagged(name string) bool { return c.flags[name] != nil }

// Known refuses a flag for a name that isn't one of these.
func (c *Config) Known(names []string) error {
	for _, name := range slices.Sorted(maps.Keys(c.flags)) {
		if !slices.Contains(names, name) {
			if len(names) == 0 {
				return fmt.Errorf("-model %s=…: the workflow asks no model", name)
			}
			return fmt.Errorf("-model %s=…: the workflow asks %s", name, list(names))
		}
	}
	return nil
}

// Bindings are those of the names. The error says what to write where one lacks its model, or
// the key of one isn't there.
func (c *Config) Bindings(names []string) (map[string]*provider.Binding, error) {
	out := map[string]*provider.Binding{}
	var lacking []string
	for _, name := range names {
		b, err := c.Binding(name)
		if err != nil {
			return nil, err
		}
		if b == nil {
			lacking = append(lacking, name)
			continue
		}
		if _, err := b.Open(); err != nil {
			return nil, fmt.Errorf("model %s: %w", name, err)
		}
		out[name] = b
	}
	if len(lacking) > 0 {
		return nil, &MissingError{Names: lacking, Path: c.path}
	}
	return out, nil
}

// A MissingError says that nobody has said which models some names mean.
type MissingError struct {
	Names []string
	Path  string // of the file that doesn't say it; empty where there is none
}

func (e *MissingError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "nothing says which model is meant by %s. ", list(e.Names))
	if e.Path != "" {
		fmt.Fprintf(&b, "Write into %s", e.Path)
	} else {
		fmt.Fprintf(&b, "Write into a file %s in the package's directory, or above it up to the one of go.mod or .git", File)
	}
	name, m, _ := strings.Cut(example, ":")
	for _, n := range e.Names {
		fmt.Fprintf(&b, "\n  [models.%s]\n  provider = %q\n  model    = %q", n, name, m)
	}
	fmt.Fprintf(&b, "\nor set in the environment")
	for _, n := range e.Names {
		fmt.Fprintf(&b, "\n  %s=%s", Variable(n), example)
	}
	key := (&provider.Binding{Provider: name}).Key()
	fmt.Fprintf(&b, "\nor give -model %s=%s. Its key is read from %s. Providers are %s; a base_url in the file leads to others that speak like them.",
		e.Names[0], example, key, strings.Join(provider.Names(), ", "))
	return b.String()
}

// list is names in a sentence.
func list(names []string) string {
	if n := len(names) - 1; n > 0 {
		return strings.Join(names[:n], ", ") + " and " + names[n]
	}
	return names[0]
}
