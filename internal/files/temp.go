package files

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sync"
)

const (
	// tempPrefix begins the names of temporary directories.
	tempPrefix = "wfgen-"
	// inUse is a file in a temporary directory that its process holds.
	inUse = ".in-use"
)

// errHeld says that another process holds a file.
var errHeld = errors.New("another process holds it")

// held are the files that this process holds, by their directories.
var held = struct {
	sync.Mutex
	by map[string]*os.File
}{by: map[string]*os.File{}}

// Temp makes a directory that nobody else can reach into, for what a command needs while it
// runs; its caller gives it to RemoveTemp. What commands have left that came to no end of
// their own, as with kill -9, is removed first.
func Temp(name string) (string, error) {
	sweep(os.TempDir())
	for {
		dir, err := os.MkdirTemp("", tempPrefix+name+"-")
		if err != nil {
			return "", err
		}
		f, err := hold(filepath.Join(dir, inUse), os.O_CREATE)
		if err == nil {
			_, err = os.Stat(f.Name())
		}
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, errHeld) {
			_ = os.RemoveAll(dir)
			continue // swept before it was held
		}
		if err != nil {
			return "", errors.Join(err, os.RemoveAll(dir))
		}
		held.Lock()
		held.by[dir] = f
		held.Unlock()
		return dir, nil
	}
}

// RemoveTemp removes a directory that Temp has made.
func RemoveTemp(dir string) error {
	held.Lock()
	f := held.by[dir]
	delete(held.by, dir)
	held.Unlock()
	if f != nil {
		_ = f.Close() // Windows removes no open file
	}
	return os.RemoveAll(dir)
}

// sweep removes the temporary directories that no process holds. What can't be removed, as
// that of another user, stays.
func sweep(in string) {
	entries, err := os.ReadDir(in)
	if err != nil {
		return
	}
	for _, e := range entries {
		dir := filepath.Join(in, e.Name())
		if found, _ := filepath.Match(tempPrefix+"*-*", e.Name()); !found || !e.IsDir() {
			continue
		}
		f, err := hold(filepath.Join(dir, inUse), 0)
		if err != nil {
			continue // it is in use, or none of ours
		}
		if runtime.GOOS == "windows" { // which removes no open file, and makes one and holds it at once
			_ = f.Close()
		}
		_ = os.RemoveAll(dir)
		_ = f.Close()
	}
}
