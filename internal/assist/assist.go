// Package assist is wfgen as a server of the Model Context Protocol: an assistant that writes
// workflows has them checked, formatted, planned, explained and tested, reads the documents
// and the templates, and looks at executions. Each tool is a verb of the command, run as a
// process of its own with arguments that are made here, so that what an assistant gets is what
// its user gets.
//
// It reads only below the directory that it is given, and the journals of the user; it changes
// nothing and runs no code of the package, unless Options.Run says so. What an assistant asks
// for may have been put into its mouth by a page that it has read, so paths, ids and names are
// looked at before they become arguments.
package assist

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"strings"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/wfgen/wfgen"
)

// Options are what a server is started with.
type Options struct {
	Command string // the path of wfgen itself
	Version string
	Root    string // an absolute directory: paths are within it, and relative to it
	Run     bool   // workflows and Go of the packages may be run
	// NamesGo tells whether the packages at a path within Root name Go, so that their tests
	// run code of theirs.
	NamesGo func(path string) (bool, error)

	running chan struct{} // has an element for each verb that runs
}

// atOnce is how many verbs run at once at most.
const atOnce = 4

// Serve serves one client until in ends, or ctx does.
func Serve(ctx context.Context, o Options, in io.ReadCloser, out io.WriteCloser) error {
	o.running = make(chan struct{}, atOnce)
	w := &whole{WriteCloser: out}
	err := o.server().Run(ctx, &mcp.IOTransport{Reader: sound(in, w), Writer: w})
	if errors.Is(err, io.EOF) || ctx.Err() != nil {
		return nil
	}
	return err
}

const instructions = `wfgen is a small typed language for workflows. Read the resource wfgen://docs/language before you write any; wfgen://templates/NAME has whole packages to begin with. Give a draft to the tool check as source until it is clean, look at what runs side by side with plan, and write tests in the file and run them with test, also with crash.`

func (o *Options) server() *mcp.Server {
	s := mcp.NewServer(&mcp.Implementation{Name: "wfgen", Version: o.Version}, &mcp.ServerOptions{Instructions: instructions})
	o.addTools(s)
	addDocuments(s)
	addTemplates(s)
	return s
}

// addDocuments makes a resource of each document.
func addDocuments(s *mcp.Server) {
	documents := within(wfgen.Documents, "docs")
	names, err := fs.Glob(documents, "*.md")
	if err != nil {
		panic("internal error: " + err.Error()) // of the pattern
	}
	for _, name := range names {
		title := strings.TrimSuffix(name, ".md")
		addText(s, "wfgen://docs/"+title, title, "wfgen's document: "+title, "text/markdown", func() (string, error) {
			text, err := fs.ReadFile(documents, name)
			return string(text), err
		})
	}
}

// addTemplates makes a resource of each template: its files, one after the other.
func addTemplates(s *mcp.Server) {
	templates := within(wfgen.Templates, "examples/templates")
	entries, err := fs.ReadDir(templates, ".")
	if err != nil {
		panic("internal error: " + err.Error()) // it is embedded
	}
	for _, e := range entries {
		if !e.IsDir() {
			continue
		}
		dir := e.Name()
		addText(s, "wfgen://templates/"+dir, dir, "the .wf files of the template "+dir+", with their tests", "text/plain", func() (string, error) {
			return template(templates, dir)
		})
	}
}

func template(templates fs.FS, dir string) (string, error) {
	names, err := fs.Glob(templates, path.Join(dir, "*.wf"))
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for _, name := range names {
		text, err := fs.ReadFile(templates, name)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&b, "// %s\n\n%s\n", name, text)
	}
	return b.String(), nil
}

func within(all fs.FS, dir string) fs.FS {
	sub, err := fs.Sub(all, dir)
	if err != nil {
		panic("internal error: " + err.Error()) // the name is above
	}
	return sub
}

func addText(s *mcp.Server, uri, name, description, kind string, text func() (string, error)) {
	s.AddResource(&mcp.Resource{URI: uri, Name: name, Description: description, MIMEType: kind}, func(context.Context, *mcp.ReadResourceRequest) (*mcp.ReadResourceResult, error) {
		t, err := text()
		if err != nil {
			return nil, err
		}
		return &mcp.ReadResourceResult{Contents: []*mcp.ResourceContents{{URI: uri, MIMEType: kind, Text: t}}}, nil
	})
}

// maxOutput is how much of what a verb prints is given.
const maxOutput = 256 << 10

// verb runs a verb of the command, and gives what it printed, with what went wrong behind it.
// ok tells whether the exit code was 0.
func (o *Options) verb(ctx context.Context, stdin string, args ...string) (text string, ok bool, err error) {
	select { // so that what is asked for at once isn't run at once
	case o.running <- struct{}{}:
		defer func() { <-o.running }()
	case <-ctx.Done():
		return "", false, ctx.Err()
	}
	c := exec.CommandContext(ctx, o.Command, args...)
	c.Dir = o.Root
	c.Stdin = strings.NewReader(stdin)
	c.Cancel = func() error { return c.Process.Signal(os.Interrupt) } // a run tidies up
	c.WaitDelay = 10 * time.Second
	c.Env = append(os.Environ(), "NO_COLOR=1", "TERM=dumb")
	out := &bounded{left: maxOutput}
	c.Stdout, c.Stderr = out, out
	err = c.Run()
	if failed := (*exec.ExitError)(nil); errors.As(err, &failed) && failed.Exited() {
		return out.String(), false, nil
	}
	if err != nil {
		return "", false, fmt.Errorf("wfgen %s: %w", args[0], err)
	}
	return out.String(), true, nil
}

// bounded keeps the beginning of what is written.
type bounded struct {
	strings.Builder
	left int
	cut  bool
}

func (b *bounded) Write(p []byte) (int, error) {
	n := min(len(p), b.left)
	b.Builder.Write(p[:n])
	if b.left -= n; n < len(p) && !b.cut {
		b.cut = true
		b.WriteString("\n… there is more, which is left out\n")
	}
	return len(p), nil
}
