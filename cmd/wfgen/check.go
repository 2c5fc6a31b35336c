package main

import (
	"context"
	"slices"

	"github.com/wfgen/wfgen/compiler"
	"github.com/wfgen/wfgen/diag"
)

type checkCmd struct {
	JSON  bool     `name:"json" help:"Print the diagnostics to standard output, as JSON lines."`
	Paths []string `arg:"" optional:"" name:"path" help:"Directories, .wf files or ./... ."`
}

// Run checks the packages.
func (c *checkCmd) Run(s *streams) error {
	packages, err := new(compiler.Workspace).Snapshot(nil).PackagesWithGo(context.Background(), c.Paths)
	if err != nil {
		return err
	}
	if c.JSON {
		if err := diag.RenderJSON(s.out, diagnostics(packages)); err != nil {
			return err
		}
		return verdict(packages)
	}
	return showAll(s, packages)
}

// showAll prints what is wrong with packages. It gives an error where that is more than
// warnings.
func showAll(s *streams, packages []*compiler.Package) error {
	if err := diag.Render(s.err, diagnostics(packages), s.color); err != nil {
		return err
	}
	return verdict(packages)
}

// show is showAll for those who run no tests: what is wrong with one keeps nobody from
// using the package.
func show(s *streams, packages []*compiler.Package) error {
	if err := diag.Render(s.err, withoutTests(packages), s.color); err != nil {
		return err
	}
	return usable(packages)
}

func withoutTests(packages []*compiler.Package) []diag.Diagnostic {
	var all []diag.Diagnostic
	for _, p := range packages {
		all = append(all, p.WithoutTests()...)
	}
	return all
}

func usable(packages []*compiler.Package) error {
	if slices.ContainsFunc(packages, (*compiler.Package).HasErrors) {
		return exit{exitUnusable}
	}
	return nil
}

func verdict(packages []*compiler.Package) error {
	if diag.HasErrors(diagnostics(packages)) {
		return exit{exitUnusable}
	}
	return nil
}

func diagnostics(packages []*compiler.Package) []diag.Diagnostic {
	var all []diag.Diagnostic
	for _, p := range packages {
		all = append(all, p.Diagnostics()...)
	}
	return all
}

// load gives the sound packages of the paths, and shows what is wrong with them.
func load(s *streams, paths []string) ([]*compiler.Package, error) {
	packages, err := new(compiler.Workspace).Snapshot(nil).Packages(context.Background(), paths)
	if err != nil {
		return nil, err
	}
	return packages, show(s, packages)
}
