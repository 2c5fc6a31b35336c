// Package scaffold makes the small package by which a Go team begins with wfgen: a
// workflow, its tools in Go, a test, and what go generate needs to compile it; or one of the
// templates, which are larger and each right for its trade. It
// writes no file over another, and runs the go command to complete the module.
package scaffold

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"unicode"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"

	"github.com/wfgen/wfgen"
	"github.com/wfgen/wfgen/compiler"
	"github.com/wfgen/wfgen/internal/files"
)

// ours is the path of wfgen's module, and tool that of the command in it.
const (
	ours = "github.com/wfgen/wfgen"
	tool = ours + "/cmd/wfgen"
)

//go:embed files
var templates embed.FS

// template is the name of the package in the files.
const template = "hello"

// Options say what to make.
type Options struct {
	// Dir is where; it is made if it isn't there.
	Dir string
	// Module is the path of the new module, where Dir is in none; empty for the
	// directory's name.
	Module string
	// Template is what to begin with; empty for a workflow that greets.
	Template string
}

// A Result says what was made.
type Result struct {
	// Wrote are the files that were written, in their order, below Dir.
	Wrote []string
	// Module is the directory of the module that the package is in.
	Module string
	// Package is the package's name.
	Package string
}

// Create makes the package. It refuses a directory that has Go or .wf files already,
// and writes nothing then.
func Create(o Options) (*Result, error) {
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return nil, err
	}
	if o.Template != "" && !known(o.Template) {
		return nil, unknownTemplate(o.Template)
	}
	if err := free(dir); err != nil {
		return nil, err
	}
	mod, err := moduleAround(dir)
	if err != nil {
		return nil, err
	}
	if mod != "" && o.Module != "" {
		return nil, fmt.Errorf("%s is part of a module already, that of %s: leave -module out", o.Dir, filepath.Join(mod, "go.mod"))
	}
	r := &Result{Package: packageName(filepath.Base(dir)), Module: mod}
	if err := files.MakeDir(dir, 0o777); err != nil {
		return nil, err
	}
	if mod == "" {
		if err := r.newModule(dir, o.Module); err != nil {
			return nil, err
		}
	}
	if err := r.fill(dir, o.Template); err != nil {
		return nil, err
	}
	if err := r.generate(dir); err != nil {
		return nil, err
	}
	return r, r.complete(dir)
}

// free tells whether a package can be made in a directory, which need not exist.
func free(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var inWay []string
	for _, e := range entries {
		if ext := filepath.Ext(e.Name()); ext == ".go" || ext == ".wf" {
			inWay = append(inWay, e.Name())
		}
	}
	if len(inWay) > 0 {
		return fmt.Errorf("%s has files of its own (%s): name a new directory, as in wfgen init hello", dir, strings.Join(inWay, ", "))
	}
	return nil
}

// moduleAround is the directory of the module that a directory is in; empty where it
// is in none.
func moduleAround(dir string) (string, error) {
	for at := dir; ; at = filepath.Dir(at) {
		_, err := os.Stat(filepath.Join(at, "go.mod"))
		switch {
		case err == nil:
			return at, nil
		case !errors.Is(err, fs.ErrNotExist):
			return "", err
		case at == filepath.Dir(at):
			return "", nil
		}
	}
}

// packageName makes a package's name of a directory's: its letters and digits.
func packageName(base string) string {
	name := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, base)
	if name == "" || token.IsKeyword(name) || !token.IsIdentifier(name) || name == "main" {
		return template
	}
	return name
}

// newModule writes the go.mod of a new module.
func (r *Result) newModule(dir, path string) error {
	if path == "" {
		path = filepath.Base(dir)
	}
	if err := module.CheckImportPath(path); err != nil {
		return fmt.Errorf("%w: give the new module a path with -module, as in example.com/hello", err)
	}
	f := new(modfile.File)
	if err := errors.Join(f.AddModuleStmt(path), f.AddGoStmt(wfgen.GoVersion())); err != nil {
		return err
	}
	text, err := f.Format()
	if err != nil {
		return err
	}
	r.Module = dir
	return r.write(dir, "go.mod", text)
}

// fill writes the package's files, those of a template where one is asked for.
func (r *Result) fill(dir, template string) error {
	if template == "" {
		return r.copy(dir)
	}
	return r.copyTemplate(dir, template)
}

// copy writes the files of the package.
func (r *Result) copy(dir string) error {
	for from, to := range map[string]string{
		"welcome.wf.txt": "welcome.wf", "tools.go.txt": "tools.go", "hello_test.go.txt": r.Package + "_test.go",
	} {
		text, err := templates.ReadFile("files/" + from)
		if err != nil {
			return err
		}
		text = bytes.ReplaceAll(text, []byte("package "+template+"\n"), []byte("package "+r.Package+"\n"))
		text = bytes.ReplaceAll(text, []byte("Package "+template+" "), []byte("Package "+r.Package+" "))
		if err := r.write(dir, to, text); err != nil {
			return err
		}
	}
	return nil
}

// write makes a file that isn't there.
func (r *Result) write(dir, name string, text []byte) error {
	if err := files.Create(filepath.Join(dir, name), text, 0o666); err != nil {
		return err
	}
	r.Wrote = append(r.Wrote, name)
	return nil
}

// generate compiles the workflow.
func (r *Result) generate(dir string) error {
	p, err := compiler.Load(dir)
	if err != nil {
		return err
	}
	changes, err := p.Write()
	for _, c := range changes {
		r.Wrote = append(r.Wrote, filepath.Base(c.Path))
	}
	return err
}

// complete adds to the module what building wfgen needs, and no more: go mod tidy would ask
// for the tests of its dependencies too, which aren't there on a machine that has only
// built wfgen and has no network.
func (r *Result) complete(dir string) error {
	f, err := r.readModule()
	if err != nil || f.Module != nil && f.Module.Mod.Path == ours || hasTool(f) {
		return err
	}
	origin := self()
	if origin.version == latest {
		return r.goCommand("get", "-tool", tool+"@"+latest)
	}
	if err := origin.require(f); err != nil {
		return err
	}
	text, err := f.Format()
	if err != nil {
		return err
	}
	if err := errors.Join(files.Replace(filepath.Join(r.Module, "go.mod"), text, 0o666), r.addSums()); err != nil {
		return err
	}
	rel, err := filepath.Rel(r.Module, dir)
	if err != nil {
		return err
	}
	return r.goCommand("list", "-mod=mod", "-deps", tool, "./"+filepath.ToSlash(rel))
}

// readModule reads the module's go.mod.
func (r *Result) readModule() (*modfile.File, error) {
	text, err := os.ReadFile(filepath.Join(r.Module, "go.mod"))
	if err != nil {
		return nil, err
	}
	return modfile.Parse("go.mod", text, nil)
}

func hasTool(f *modfile.File) bool {
	for _, t := range f.Tool {
		if t.Path == tool {
			return true
		}
	}
	return false
}

// goCommand runs go in the module. What it says is in the error.
func (r *Result) goCommand(args ...string) error {
	cmd := exec.Command("go", args...)
	cmd.Dir = r.Module
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("the files are written, but the module lacks wfgen: in %s, go %s failed: %w\n%s",
			r.Module, strings.Join(args, " "), err, bytes.TrimSpace(out))
	}
	return nil
}
