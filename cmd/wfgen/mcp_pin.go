package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"time"
	"unicode"

	"github.com/wfgen/wfgen/internal/files"
	"github.com/wfgen/wfgen/mcpclient"
	"github.com/wfgen/wfgen/runtime/foreign"
	"github.com/wfgen/wfgen/runtime/mcppin"
)

// An mcpServer says how a server of MCP is reached.
type mcpServer struct {
	Header  []string      `name:"header" sep:"none" placeholder:"NAME:VALUE" help:"A header for a server over HTTP, as often as is needed. In 'Authorization: Bearer env:TOKEN' the word env:TOKEN is the value of that variable of the environment; what is so given is stored nowhere."`
	Timeout time.Duration `name:"timeout" default:"30s" help:"How long the server may take."`
}

// look gives what tools the server has that the words name: a URL, or a command.
func (c *mcpServer) look(words []string) (*mcppin.File, error) {
	p := mcpclient.Place{Timeout: c.Timeout, Header: http.Header{}}
	if c.Timeout <= 0 {
		return nil, fmt.Errorf("the timeout is %s: give the server some time", c.Timeout)
	}
	if words[0] == "--" {
		words = words[1:]
	}
	if len(words) == 0 {
		return nil, errors.New("expected the URL of a server or the command that starts one behind --")
	}
	if strings.Contains(words[0], "://") {
		if p.URL = words[0]; len(words) > 1 {
			return nil, fmt.Errorf("%s behind the URL of a server means nothing", words[1])
		}
	} else {
		p.Command = words
	}
	for _, h := range c.Header {
		name, value, err := header(h)
		if err != nil {
			return nil, err
		}
		p.Header.Add(name, value)
	}
	if len(c.Header) > 0 && p.URL == "" {
		return nil, errors.New("-header is for a server over HTTP; a command has the environment that it is started in")
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return mcpclient.Look(ctx, p)
}

var headerName = regexp.MustCompile("^[!#$%&'*+.^_`|~0-9A-Za-z-]+$")

// header reads a header, with the values of variables in the place of env:NAME.
func header(text string) (name, value string, err error) {
	name, value, ok := strings.Cut(text, ":")
	if name = strings.TrimSpace(name); !ok || !headerName.MatchString(name) {
		return "", "", errors.New("a header is given as 'NAME: VALUE', and one isn't")
	}
	words := strings.Fields(value)
	for i, w := range words {
		variable, ok := strings.CutPrefix(w, "env:")
		if !ok {
			continue
		}
		if words[i] = os.Getenv(variable); words[i] == "" {
			return "", "", fmt.Errorf("the header %s is to have the variable %s of the environment, which is empty or not set", name, variable)
		}
	}
	if value = strings.Join(words, " "); strings.ContainsFunc(value, unicode.IsControl) {
		return "", "", fmt.Errorf("the value of the header %s holds what none may hold, such as a line break", name)
	}
	return name, value, nil
}

type mcpPinCmd struct {
	mcpServer
	Out    string   `name:"o" placeholder:"FILE" help:"The file to write; by default the server's name with .mcp.json."`
	Server []string `arg:"" name:"server" passthrough:"" help:"The URL of a server, or the command that starts one; -- before a command that has flags."`
}

// Run writes the file, and says what its tools have become where there was one.
func (c *mcpPinCmd) Run(s *streams) error {
	f, err := c.look(c.Server)
	if err != nil {
		return err
	}
	path := c.Out
	if path == "" {
		if path, err = pinName(f); err != nil {
			return err
		}
	}
	before, err := readPin(path)
	switch {
	case err == nil || errors.Is(err, os.ErrNotExist):
	case wasPinned(path):
		s.say("%v", err)
	default:
		return fmt.Errorf("%w: it isn't written over; give another name with -o, or remove it", err)
	}
	if err := files.Replace(path, f.Text(), 0o666); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if before != nil {
		s.say("%s: %s, of which %s", path, toolCount(len(f.Tools)), summary(mcppin.CompareAll(before, f)))
		return nil
	}
	s.say("%s: %s", path, toolCount(len(f.Tools)))
	return nil
}

// pinName is the name of a server's file.
func pinName(f *mcppin.File) (string, error) {
	name := strings.Map(func(r rune) rune {
		if r < 0x80 && (r == '-' || r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z') {
			return r
		}
		return -1
	}, f.Server.Name)
	if name = strings.TrimLeft(name, "-_"); name == "" || len(name) > 60 {
		return "", fmt.Errorf("the server's name, %s, makes no name of a file: give one with -o", foreign.Line(f.Server.Name))
	}
	return name + ".mcp.json", nil
}

func readPin(path string) (*mcppin.File, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > mcppin.MaxFile {
		return nil, fmt.Errorf("%s is no file, or larger than a pinned one may be", path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	f, err := mcppin.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.ToSlash(path), err)
	}
	return f, nil
}

// wasPinned tells whether a file that can't be used was a pinned one once, as one that was
// edited by hand.
func wasPinned(path string) bool {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() || info.Size() > mcppin.MaxFile {
		return false
	}
	text, err := os.ReadFile(path)
	var f struct {
		Format *json.Number `json:"wfgenMCP"`
	}
	return err == nil && json.Unmarshal(text, &f) == nil && f.Format != nil
}

type mcpDiffCmd struct {
	mcpServer
	File   string   `arg:"" name:"file" help:"The pinned file."`
	Server []string `arg:"" name:"server" passthrough:"" help:"The URL of the server, or the command that starts it; -- before a command that has flags."`
}

// Run prints what has changed, and exits with 1 where something of it wants a look.
func (c *mcpDiffCmd) Run(s *streams) error {
	pinned, err := readPin(c.File)
	if err != nil {
		return err
	}
	now, err := c.look(c.Server)
	if err != nil {
		return err
	}
	changes := mcppin.CompareAll(pinned, now)
	worst := mcppin.Unchanged
	t := s.table()
	t.row("TOOL", "CHANGE", "WHAT")
	for _, change := range changes {
		worst = max(worst, change.Class)
		t.row(change.Tool, change.Class, "")
		for _, what := range change.What {
			t.row("", "", what)
		}
	}
	if err := t.print(); err != nil {
		return err
	}
	s.say("%s", summary(changes))
	if worst >= mcppin.Text {
		return exit{exitFailed}
	}
	return nil
}

func toolCount(n int) string {
	if n == 1 {
		return "1 tool"
	}
	return fmt.Sprintf("%d tools", n)
}

// summary counts changes by their classes.
func summary(changes []mcppin.Change) string {
	counts := map[mcppin.Class]int{}
	for _, c := range changes {
		counts[c.Class]++
	}
	var all []string
	for _, c := range []mcppin.Class{mcppin.Breaks, mcppin.Text, mcppin.Safe, mcppin.Unchanged} {
		if n := counts[c]; n > 0 {
			all = append(all, fmt.Sprintf("%d %s", n, map[mcppin.Class]string{
				mcppin.Breaks: "break what was written for them", mcppin.Text: "say something else and want a look",
				mcppin.Safe: "have changed safely", mcppin.Unchanged: "are as they were",
			}[c]))
		}
	}
	if len(all) == 0 {
		return "there are no tools"
	}
	return strings.Join(all, ", ")
}
