// Package journals finds the journals of the command: the file that a user has named,
// or one of a package's in the user's state directory. It opens them, and knows which
// of several has an execution. What is in a journal is none of its business.
package journals

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/wfgen/wfgen/internal/files"
	"github.com/wfgen/wfgen/runtime/journal"
	"github.com/wfgen/wfgen/runtime/sqlite"
)

// A NoStateError says that there is no state directory, or that nothing can be kept
// there.
type NoStateError struct{ Err error }

func (e *NoStateError) Error() string { return "no state directory: " + e.Err.Error() }

// Unwrap gives why.
func (e *NoStateError) Unwrap() error { return e.Err }

// Dir is where the journals of packages are: wfgen in the user's state directory. It
// may not exist.
func Dir() (string, error) {
	if dir := os.Getenv("XDG_STATE_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "wfgen"), nil
	}
	if runtime.GOOS == "windows" {
		dir, err := os.UserCacheDir() // the local application data
		if err != nil {
			return "", &NoStateError{err}
		}
		return filepath.Join(dir, "wfgen"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", &NoStateError{err}
	}
	return filepath.Join(home, ".local", "state", "wfgen"), nil
}

const extension = ".db"

// All gives the journals in the state directory, sorted by name.
func All() ([]string, error) {
	dir, err := Dir()
	if err != nil {
		return nil, err
	}
	paths, err := filepath.Glob(filepath.Join(escape(dir), "*"+extension))
	slices.Sort(paths)
	return paths, err
}

// escape writes a directory as Glob reads it literally.
func escape(dir string) string {
	if runtime.GOOS == "windows" {
		return dir // a backslash separates there, and nothing is escaped
	}
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(dir)
}

// Of gives the journals of the package in a directory, by an absolute path.
func Of(dir string) ([]string, error) {
	all, err := All()
	if err != nil {
		return nil, err
	}
	base := name(dir)
	return slices.DeleteFunc(all, func(path string) bool {
		rest := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(path), base), extension)
		return !strings.HasPrefix(filepath.Base(path), base) || rest != "" && rest[0] != '-'
	}), nil
}

// name begins the names of a package's journals.
func name(dir string) string {
	sum := sha256.Sum256([]byte(dir))
	readable := strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', r == '_':
			return r
		}
		return '-'
	}, filepath.Base(dir))
	return readable[:min(len(readable), 40)] + "-" + hex.EncodeToString(sum[:5])
}

// A Journal is a journal that is open.
type Journal struct {
	journal.Journal
	// Path is its file.
	Path string

	claims bool // that it is for an execution is said beside it
}

// Running gives the ids of the first executions that are running, but for one.
func (j *Journal) Running(but string) (ids []string, err error) {
	const some = 10
	err = j.View(context.Background(), func(tx journal.Tx) (err error) {
		ids, err = tx.Running("", some)
		return err
	})
	return slices.DeleteFunc(ids, func(id string) bool { return id == but }), err
}

// Each calls do with each execution that a query asks for, those that were created last
// first. The query's Limit is how many are read at once; 0 for some.
func (j *Journal) Each(ctx context.Context, q journal.Query, do func(*journal.Execution) error) error {
	const page = 1000
	q.Limit = cmp.Or(q.Limit, page)
	for {
		var list []*journal.Execution
		err := j.View(ctx, func(tx journal.Tx) (err error) {
			list, err = tx.Executions(q)
			return err
		})
		if err != nil {
			return err
		}
		for _, x := range list {
			if err := do(x); err != nil {
				return err
			}
			q.After = x.ID
		}
		if len(list) < q.Limit {
			return nil
		}
	}
}

// An OwnedError says that another process has a journal.
type OwnedError = sqlite.OwnedError

// Owner gives the number of the process that owns the journal, "?" where it isn't known;
// empty where none does, so that nothing in it goes on.
func (j *Journal) Owner() (process string, err error) { return sqlite.Owner(j.Path) }

// Open opens a journal as its owner, and makes it where there is none. It is an
// *OwnedError where another process has it.
func Open(path string) (*Journal, error) {
	opened, err := sqlite.Open(path)
	if err != nil {
		return nil, err
	}
	j := &Journal{Journal: opened, Path: path}
	if err := j.unclaim(); err != nil {
		return nil, errors.Join(err, j.Close())
	}
	return j, nil
}

// Look opens a journal to read from alone, beside its owner.
func Look(path string) (*Journal, error) {
	j, err := sqlite.OpenReadOnly(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no journal %s", path)
	}
	if err != nil {
		return nil, err
	}
	return &Journal{Journal: j, Path: path}, nil
}

// maxSiblings bounds how many journals a package has: as many runs go on side by side.
const maxSiblings = 1000

// OpenFor opens a journal of the package in a directory: the one that has the execution
// of an id or, where there is none or id is empty, the first that nobody uses. It is a
// *NoStateError where none can be made.
func OpenFor(dir, id string) (*Journal, error) {
	state, err := Dir()
	if err != nil {
		return nil, err
	}
	if err := files.MakeDir(state, 0o700); err != nil {
		return nil, &NoStateError{err}
	}
	if id != "" {
		paths, err := Of(dir)
		if err != nil {
			return nil, err
		}
		if j, err := openHolding(paths, id); j != nil || err != nil {
			return j, err
		}
	}
	base := filepath.Join(state, name(dir))
	for i := 1; i <= maxSiblings; i++ {
		path := base + extension
		if i > 1 {
			path = fmt.Sprintf("%s-%d%s", base, i, extension)
		}
		j, err := Open(path)
		if owned := new(OwnedError); errors.As(err, &owned) {
			continue
		}
		if errors.Is(err, fs.ErrPermission) {
			return nil, &NoStateError{err}
		}
		if err != nil {
			return nil, err
		}
		if id == "" {
			return j, nil
		}
		if err := j.claim(dir, id); err != nil {
			return nil, errors.Join(err, j.Close())
		}
		return j, nil
	}
	return nil, fmt.Errorf("all %d journals of this package are in use, in %s: name another file with -journal", maxSiblings, state)
}

// openHolding opens the first of the journals that has the execution of an id; nil where
// none has. It looks into them as their owner where it can: one of an earlier release, which
// can't be read, is brought to this one's schema then. That several have it is an error.
func openHolding(paths []string, id string) (*Journal, error) {
	for i, path := range paths {
		j, err := Open(path)
		if owned := new(OwnedError); errors.As(err, &owned) {
			if has, problem := holds(path, id); has || problem != nil {
				return nil, cmp.Or(problem, err)
			}
			continue
		}
		if err != nil {
			return nil, err
		}
		has, err := j.has(id)
		if has && err == nil {
			another, _ := Holding(paths[i+1:], id) // one that can't be read keeps nobody from this one
			if another == "" {
				return j, nil
			}
			err = twice(id, path, another)
		}
		if err := errors.Join(err, j.Close()); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

// Holding gives the one of the journals that has the execution of an id; empty where none
// has. That several have one of that id is an error: they are different executions. One that
// can't be read is an error where none of the others has it.
func Holding(paths []string, id string) (string, error) {
	holding, unread := "", error(nil)
	for _, path := range paths {
		switch has, err := holds(path, id); {
		case err != nil:
			unread = cmp.Or(unread, err)
		case has && holding != "":
			return "", twice(id, holding, path)
		case has:
			holding = path
		}
	}
	if holding != "" {
		return holding, nil
	}
	return "", unread
}

func twice(id, one, other string) error {
	return fmt.Errorf("two journals have an execution %s, %s and %s: name one of them with -journal", id, one, other)
}

func holds(path, id string) (has bool, err error) {
	j, err := Look(path)
	if err != nil {
		return false, err
	}
	has, err = j.has(id)
	return has, errors.Join(err, j.Close())
}

// has tells whether the journal has the execution of an id.
func (j *Journal) has(id string) (has bool, err error) {
	err = j.View(context.Background(), func(tx journal.Tx) error {
		x, err := tx.Execution(id)
		has = x != nil
		return err
	})
	return has, err
}
