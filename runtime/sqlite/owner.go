package sqlite

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// private are the permissions of what is made: what executions hold is nobody else's.
const private fs.FileMode = 0o600

var errOwned = errors.New("the journal has an owner")

// An OwnedError says that a journal has an owner.
type OwnedError struct {
	// Path is the journal's file.
	Path string
	// Process is the number of the owner's process; "?" where it isn't known.
	Process string
}

func (e *OwnedError) Error() string {
	return fmt.Sprintf("journal %s is in use by process %s: end that, or look at the journal with OpenReadOnly", e.Path, e.Process)
}

// Owner gives the number of the process that owns the journal in a file; "?" where it isn't
// known, as it isn't to who may read the journal alone, and empty where none owns it. It
// changes nothing.
func Owner(path string) (process string, err error) {
	if path, err = resolved(path); err != nil {
		return "", err
	}
	owned, err := locked(path + "-lock")
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", nil
	case errors.Is(err, fs.ErrPermission):
		return "?", nil // the lock is its owner's alone, also where the journal is open to others
	case err != nil:
		return "", fmt.Errorf("journal %s: %w", path, err)
	case !owned:
		return "", nil
	}
	return owner(path), nil
}

// lockPatiently is lockFile for a moment in which somebody looks whether there is an owner.
func lockPatiently(path string) (f *os.File, err error) {
	for pause := time.Millisecond; pause < 20*time.Millisecond; pause *= 2 {
		if f, err = lockFile(path); !errors.Is(err, errOwned) {
			return f, err
		}
		time.Sleep(pause)
	}
	return lockFile(path)
}

// own makes this process the owner of a journal, until the file that it gives is
// closed. That stands beside the journal and holds the process's number. It isn't
// removed: another process may have it open.
func own(path string) (*os.File, error) {
	if err := placed(path); err != nil {
		return nil, err
	}
	f, err := lockPatiently(path + "-lock")
	switch {
	case errors.Is(err, errOwned):
		return nil, &OwnedError{Path: path, Process: owner(path)}
	case errors.Is(err, fs.ErrPermission):
		return nil, fmt.Errorf("journal %s: its directory or its lock can't be written (%w): change their permissions, or open the journal to read alone", path, err)
	case err != nil:
		return nil, fmt.Errorf("journal %s: %w", path, err)
	}
	text := strconv.Itoa(os.Getpid()) + "\n"
	if err = f.Truncate(0); err == nil {
		_, err = f.WriteAt([]byte(text), 0)
	}
	if err == nil {
		err = makeFile(path)
	}
	if err != nil {
		return nil, fmt.Errorf("journal %s: %w", path, errors.Join(err, f.Close()))
	}
	return f, nil
}

// resolved is a path in full, without links: a file has one lock, however it is named.
func resolved(path string) (string, error) {
	full, err := filepath.Abs(path)
	if err != nil {
		return "", fmt.Errorf("journal %s: %w", path, err)
	}
	if target, err := filepath.EvalSymlinks(full); err == nil {
		return target, nil
	}
	if dir, err := filepath.EvalSymlinks(filepath.Dir(full)); err == nil {
		return filepath.Join(dir, filepath.Base(full)), nil
	}
	return full, nil // what is wrong with it is said when it is opened
}

// placed checks that a journal can be where its path says.
func placed(path string) error {
	dir := filepath.Dir(path)
	switch info, err := os.Stat(dir); {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("journal %s: there is no directory %s: make it first", path, dir)
	case err == nil && !info.IsDir():
		return fmt.Errorf("journal %s: %s isn't a directory", path, dir)
	}
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return fmt.Errorf("journal %s: it isn't a file: give the name of one", path)
	}
	for _, beside := range []string{"-wal", "-shm", "-journal"} { // SQLite would write through a link
		if info, err := os.Lstat(path + beside); err == nil && !info.Mode().IsRegular() {
			return fmt.Errorf("journal %s: %s isn't a file: remove it", path, path+beside)
		}
	}
	return nil
}

// makeFile makes an empty file for a journal where there is none, which SQLite then gives
// the files beside it the permissions of. One that is there keeps its own: who runs the
// journal may have opened it to others.
func makeFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, private)
	if !errors.Is(err, fs.ErrExist) {
		if err != nil {
			return err
		}
		return f.Close()
	}
	if _, err := os.Stat(path); err != nil { // a link that leads nowhere
		return fmt.Errorf("the file that it stands for can't be made here: %w", err)
	}
	return nil
}

// owner is the number of the process that owns a journal, as far as it is known.
func owner(path string) string {
	text, err := os.ReadFile(path + "-lock")
	if pid := strings.TrimSpace(string(text)); err == nil && pid != "" {
		return pid
	}
	return "?"
}
