// Package mcppin is what the tools of a server of the Model Context Protocol were when
// somebody looked at them: a file that stands beside the .wf files and is reviewed with them.
// It reads and writes such files, gives a tool its hash, and says what has changed between two
// states of one tool. It reaches no server and touches no disk.
//
// All that a pinned tool holds was written by strangers. Parse bounds it; whoever shows it
// escapes it.
package mcppin

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/wfgen/wfgen/runtime/foreign"
)

// What a server may give: more is refused with an error that says so.
const (
	MaxTools = 2000
	MaxTool  = 256 << 10 // bytes of one tool, with its schemas
	MaxFile  = 16 << 20  // bytes of a pinned file
	MaxDepth = 48        // of a schema
)

// format is the version of the file's form.
const format = 1

// A File is a pinned file.
type File struct {
	Format   int     `json:"wfgenMCP"`
	Server   Server  `json:"server"`
	Protocol string  `json:"protocol,omitempty"` // the revision that was spoken
	Tools    []*Tool `json:"tools"`              // sorted by name
}

// A Server says which server it was, and how it was reached: one of URL and Command is given.
// Neither holds a secret.
type Server struct {
	Name    string   `json:"name,omitempty"`
	Version string   `json:"version,omitempty"`
	URL     string   `json:"url,omitempty"`
	Command []string `json:"command,omitempty"`
}

// A Tool is one tool of a server. The schemas are JSON Schema as the server gave them, their
// keys sorted.
type Tool struct {
	Name        string          `json:"name"`
	Hash        string          `json:"hash"` // of the text and the schemas
	Title       string          `json:"title,omitempty"`
	Description string          `json:"description,omitempty"`
	Hints       *Hints          `json:"hints,omitempty"` // what the server says that it does
	Input       json.RawMessage `json:"input"`
	Output      json.RawMessage `json:"output,omitempty"` // empty where the server says nothing of its results
}

// Hints are what a server says of what a tool does. Nothing holds it to them.
type Hints struct {
	ReadOnly    bool  `json:"readOnly,omitempty"`
	Idempotent  bool  `json:"idempotent,omitempty"`
	Destructive *bool `json:"destructive,omitempty"` // nil where it says nothing
}

// Parse reads a pinned file, and holds each tool to its hash: a file that was edited by hand
// says something that the server never did.
func Parse(text []byte) (*File, error) {
	if len(text) > MaxFile {
		return nil, fmt.Errorf("it has %d bytes, and a pinned file has %d at most", len(text), MaxFile)
	}
	var f File
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&f); err != nil {
		return nil, fmt.Errorf("it isn't what wfgen mcp pin writes: %w", err)
	}
	if f.Format != format {
		return nil, fmt.Errorf("it isn't what wfgen mcp pin writes: wfgenMCP is %d, expected %d", f.Format, format)
	}
	before := ""
	for i, t := range f.Tools {
		if t == nil {
			return nil, fmt.Errorf("tool %d is null", i+1)
		}
		hash := t.Hash
		switch err := t.settle(); {
		case err != nil:
			return nil, err
		case t.Hash != hash:
			return nil, fmt.Errorf("the hash of %s doesn't fit its text and schemas, so it was edited by hand: pin it again with wfgen mcp pin", foreign.Line(t.Name))
		case i > 0 && t.Name <= before:
			return nil, fmt.Errorf("the tools aren't sorted at %s: pin them again with wfgen mcp pin", foreign.Line(t.Name))
		}
		before = t.Name
	}
	return &f, nil
}

// New makes what is pinned of a server's tools, in whatever order they come.
func New(s Server, protocol string, tools []*Tool) (*File, error) {
	if len(tools) > MaxTools {
		return nil, fmt.Errorf("the server has %d tools, and %d are read at most", len(tools), MaxTools)
	}
	f := &File{Format: format, Server: s, Protocol: protocol, Tools: slices.Clone(tools)}
	for _, t := range f.Tools {
		if err := t.settle(); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(f.Tools, func(a, b *Tool) int { return strings.Compare(a.Name, b.Name) })
	for i := range f.Tools[min(1, len(f.Tools)):] {
		if f.Tools[i].Name == f.Tools[i+1].Name {
			return nil, fmt.Errorf("the server has two tools %s, and a call couldn't say which", foreign.Line(f.Tools[i].Name))
		}
	}
	return f, nil
}

// Text is the file as it is written: the same bytes for the same tools, with escapes for what
// acts on a terminal.
func (f *File) Text() []byte {
	var b bytes.Buffer
	if err := foreign.Encode(&b, f, "  "); err != nil {
		panic("internal error: a pinned file can't be written: " + err.Error())
	}
	return b.Bytes()
}

// Tool gives the tool of that name, nil where there is none.
func (f *File) Tool(name string) *Tool {
	i, ok := slices.BinarySearchFunc(f.Tools, name, func(t *Tool, name string) int { return strings.Compare(t.Name, name) })
	if !ok {
		return nil
	}
	return f.Tools[i]
}

// settle brings the schemas into one form and computes the hash. An error says what of the
// tool can't be.
func (t *Tool) settle() (err error) {
	name := foreign.Line(t.Name)
	if t.Name == "" || len(t.Name) > 256 {
		return errors.New("a tool's name is empty or longer than 256 bytes")
	}
	if n := len(t.Title) + len(t.Description) + len(t.Input) + len(t.Output); n > MaxTool {
		return fmt.Errorf("tool %s has %d bytes of text and schemas, and %d are read at most", name, n, MaxTool)
	}
	if len(t.Input) == 0 || string(t.Input) == "null" {
		t.Input = json.RawMessage(`{"type":"object"}`)
	}
	if string(t.Output) == "null" {
		t.Output = nil
	}
	if t.Input, err = sorted(t.Input); err != nil {
		return fmt.Errorf("the input schema of tool %s: %w", name, err)
	}
	if t.Output != nil {
		if t.Output, err = sorted(t.Output); err != nil {
			return fmt.Errorf("the output schema of tool %s: %w", name, err)
		}
	}
	t.Hash = t.sum()
	return nil
}

// sorted gives a schema with the keys of its objects in one order.
func sorted(schema json.RawMessage) (json.RawMessage, error) {
	v, err := decode(schema)
	if err != nil {
		return nil, err
	}
	if _, object := v.(map[string]any); !object {
		return nil, errors.New("it is no JSON object")
	}
	if deeper(v, MaxDepth) {
		return nil, fmt.Errorf("it is nested more than %d deep", MaxDepth)
	}
	return encode(v), nil
}

func deeper(v any, than int) bool {
	if than == 0 {
		return true
	}
	switch v := v.(type) {
	case map[string]any:
		for _, e := range v {
			if deeper(e, than-1) {
				return true
			}
		}
	case []any:
		for _, e := range v {
			if deeper(e, than-1) {
				return true
			}
		}
	}
	return false
}

func decode(text []byte) (v any, err error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	err = d.Decode(&v)
	return v, err
}

// encode writes what decode has read: its keys come out sorted.
func encode(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic("internal error: a schema can't be written: " + err.Error())
	}
	return bytes.TrimSpace(b.Bytes())
}

// sum is the hash of what a tool says and takes. The hints aren't in it: they are believed by
// nobody.
func (t *Tool) sum() string {
	h := sha256.New()
	for _, part := range []string{t.Name, t.Title, t.Description, string(t.Input), string(t.Output)} {
		fmt.Fprintf(h, "%d:%s", len(part), part)
	}
	return hex.EncodeToString(h.Sum(nil))[:32]
}

// Reached says how a server is reached, as it may stand in a file that is shown around: a URL
// without a user, query and fragment, or the words of a command in which what looks like a
// secret is left out.
func Reached(address string, command []string) Server {
	if len(command) == 0 {
		return Server{URL: bare(address)}
	}
	words := slices.Clone(command)
	for i, w := range words {
		before := ""
		if i > 0 {
			before = command[i-1]
		}
		name, given := w, false
		if at := strings.IndexAny(w, "=:"); at >= 0 {
			name, given = w[:at+1], true
		}
		switch {
		case slices.Contains(headerFlags, before) && given:
			words[i] = name + leftOut
		case slices.Contains(headerFlags, before):
			words[i] = leftOut
		case given && (slices.Contains(headerFlags, strings.TrimSuffix(name, "=")) || strings.HasPrefix(name, "-H")):
			words[i] = name + leftOut
		case strings.Contains(w, "://"):
			words[i] = bare(w)
		case secretWord.MatchString(before) && strings.HasPrefix(before, "-") && !strings.Contains(before, "=") && !strings.HasPrefix(w, "-"):
			words[i] = leftOut
		case given && secretWord.MatchString(name):
			words[i] = name + leftOut
		case secretForm.MatchString(w), strings.ContainsAny(w, " \t\n") && secretWord.MatchString(w):
			words[i] = leftOut
		}
	}
	return Server{Command: words}
}

const leftOut = "…"

// headerFlags are followed by a header.
var headerFlags = []string{"-H", "-header", "--header"}

var (
	secretWord = regexp.MustCompile(`(?i)token|secret|passw|pwd|api-?_?key|auth|credential|bearer`)
	// secretForm is the form that keys of well-known services have.
	secretForm = regexp.MustCompile(`(?:^|[^A-Za-z0-9])(gh[pousr]_|github_pat_|sk-|xox[abprs]-|glpat-|AKIA|ey[JK][A-Za-z0-9]{10})`)
)

// bare is a URL without what may be secret.
func bare(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		before, _, _ := strings.Cut(address, "://")
		return before + "://" + leftOut
	}
	u.User, u.RawQuery, u.Fragment, u.ForceQuery = nil, "", "", false
	return u.String()
}
