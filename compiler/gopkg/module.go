package gopkg

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/mod/modfile"
)

// A module is the one that a directory is in.
type module struct{ dir, path string }

// moduleOf finds the module; nil where there is none.
func moduleOf(dir string) (*module, error) {
	for at := dir; ; at = filepath.Dir(at) {
		file := filepath.Join(at, "go.mod")
		text, err := os.ReadFile(file)
		switch {
		case errors.Is(err, fs.ErrNotExist) && at == filepath.Dir(at):
			return nil, nil
		case errors.Is(err, fs.ErrNotExist):
			continue
		case err != nil:
			return nil, err
		}
		path := modfile.ModulePath(text)
		if path == "" {
			return nil, fmt.Errorf("%s names no module", file)
		}
		return &module{at, path}, nil
	}
}
