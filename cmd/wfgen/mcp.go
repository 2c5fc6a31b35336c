package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/wfgen/wfgen/compiler"
	"github.com/wfgen/wfgen/internal/assist"
)

// An mcpCmd serves an assistant, or looks at a server of others.
type mcpCmd struct {
	Serve mcpServeCmd `cmd:"" default:"withargs" help:"Serve an assistant, on standard input and output; this is what wfgen mcp does by itself."`
	Pin   mcpPinCmd   `cmd:"" help:"Write down what tools a server has, for the workflows that call them."`
	Diff  mcpDiffCmd  `cmd:"" help:"Say what has become of the tools of a server since they were pinned."`
}

type mcpServeCmd struct {
	Root  string   `name:"root" default:"." placeholder:"DIR" help:"The directory that the assistant may read. Paths that it gives are relative to it, and within it."`
	Allow []string `name:"allow" enum:"run" placeholder:"run" help:"What the assistant may do beyond reading. With run it may run workflows, and tests that run Go of the package."`
}

// Run serves until standard input ends.
func (c *mcpServeCmd) Run(s *streams) error {
	root, err := filepath.Abs(c.Root)
	if err != nil {
		return err
	}
	if info, err := os.Stat(root); err != nil || !info.IsDir() {
		return fmt.Errorf("%s is no directory", c.Root)
	}
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("wfgen doesn't find itself: %w", err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return assist.Serve(ctx, assist.Options{
		Command: self, Version: version(), Root: root, Run: len(c.Allow) > 0,
		NamesGo: func(path string) (bool, error) { return namesGo(root, path) },
	}, io.NopCloser(s.in), unclosed{s.out})
}

// unclosed is a writer that nobody closes.
type unclosed struct{ io.Writer }

func (unclosed) Close() error { return nil }

// namesGo tells whether a package at a path names Go, or a package that it imports does.
func namesGo(root, path string) (bool, error) {
	if !filepath.IsAbs(path) {
		path = filepath.Join(root, path)
	}
	packages, err := new(compiler.Workspace).Snapshot(nil).Packages(context.Background(), []string{path})
	if err != nil {
		return false, err
	}
	for _, p := range packages {
		if anyNamesGo(p, map[*compiler.Package]bool{}) {
			return true, nil
		}
	}
	return false, nil
}

func anyNamesGo(p *compiler.Package, seen map[*compiler.Package]bool) bool {
	if seen[p] {
		return false
	}
	seen[p] = true
	if p.NamesGo() {
		return true
	}
	for _, imported := range p.Imported() {
		if anyNamesGo(imported, seen) {
			return true
		}
	}
	return false
}
