package assist

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/wfgen/wfgen/internal/files"
)

// where is a package that a tool is asked about: a path, or a source that isn't saved.
type where struct {
	Path   string `json:"path,omitempty" jsonschema:"a directory, a .wf file, or ./... , relative to the directory that is served; the default is that directory"`
	Source string `json:"source,omitempty" jsonschema:"in the place of a path: the text of a .wf file"`
}

// place gives the path of what is asked about for a verb, and what takes away what was made
// for it. A source stands in a directory of its own.
func (o *Options) place(w where) (at string, done func(), err error) {
	done = func() {}
	switch {
	case w.Source != "" && w.Path != "":
		return "", done, fmt.Errorf("there are a path and a source: give one of them")
	case w.Source == "":
		at, err = o.within(w.Path)
		return at, done, err
	}
	dir, err := files.Temp("source")
	if err != nil {
		return "", done, err
	}
	done = func() { _ = files.RemoveTemp(dir) } // what stays is in the folder for such
	at = filepath.Join(dir, "source.wf")
	return at, done, files.Create(at, []byte(w.Source), 0o600)
}

// within gives a path that is in the directory that is served, also where links lead.
func (o *Options) within(name string) (string, error) {
	if name == "" {
		return ".", nil
	}
	dir, all := name, false
	if dir == "..." {
		dir, all = ".", true
	} else if cut, ok := strings.CutSuffix(filepath.ToSlash(dir), "/..."); ok {
		dir, all = cut, true
	}
	clean := filepath.Clean(filepath.FromSlash(dir))
	if !filepath.IsLocal(clean) || strings.HasPrefix(clean, "-") || strings.ContainsRune(clean, 0) {
		return "", fmt.Errorf("%q isn't a path within %s: paths are relative to that", name, o.Root)
	}
	real, err := filepath.EvalSymlinks(filepath.Join(o.Root, clean))
	if err != nil {
		return "", fmt.Errorf("there is no %s", name)
	}
	root, err := filepath.EvalSymlinks(o.Root)
	if err != nil {
		return "", err
	}
	if rel, err := filepath.Rel(root, real); err != nil || !filepath.IsLocal(rel) {
		return "", fmt.Errorf("%s leads out of %s", name, o.Root)
	}
	if err := o.leadsOut(real, root, all); err != nil {
		return "", err
	}
	if all {
		return "./" + filepath.ToSlash(clean) + "/...", nil
	}
	return "./" + clean, nil
}

// leadsOut says which .wf file of a directory, or below it, is a link out of the directory
// that is served: the verbs would read it.
func (o *Options) leadsOut(at, root string, below bool) error {
	return filepath.WalkDir(at, func(path string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir() && path != at && !below:
			return fs.SkipDir
		case e.Type()&fs.ModeSymlink == 0 || filepath.Ext(path) != ".wf":
			return nil
		}
		real, err := filepath.EvalSymlinks(path)
		if err != nil {
			return nil // it leads nowhere, which the verbs say
		}
		if rel, err := filepath.Rel(root, real); err != nil || !filepath.IsLocal(rel) {
			return fmt.Errorf("%s leads out of %s", e.Name(), o.Root)
		}
		return nil
	})
}

// tidy takes the directory of a source that isn't saved out of what a verb printed.
func tidy(text, at string) string {
	if !filepath.IsAbs(at) {
		return text
	}
	return strings.ReplaceAll(strings.ReplaceAll(text, at, "source.wf"), filepath.Dir(at), ".")
}

var (
	plainName = regexp.MustCompile(`^[\pL_][\pL\pN_.]*$`)
	plainID   = regexp.MustCompile(`^[^-\s][^\s\pC]{0,254}$`)
	revision  = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_./~^@{}-]*$`)
)

// named holds an argument to its form, so that it can be no flag. An empty one is none.
func named(what, arg string, form *regexp.Regexp) error {
	if arg != "" && !form.MatchString(arg) {
		return fmt.Errorf("%q is no %s", arg, what)
	}
	return nil
}
