package control

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
)

// maxPath is how many bytes the path of a socket may have on every system: the kernels
// have room for 104 or 108, with the zero that ends it.
const maxPath = 103

// reachable gives a path to a socket that is short enough to listen on it or to dial it:
// its own, that from the current directory, or one through the directory, as an open file
// that done closes.
func reachable(socket string) (path string, done func(), err error) {
	done = func() {}
	if len(socket) <= maxPath {
		return socket, done, nil
	}
	if dir, err := os.Getwd(); err == nil {
		if rel, err := filepath.Rel(dir, socket); err == nil && len(rel) <= maxPath {
			return rel, done, nil
		}
	}
	if runtime.GOOS == "linux" {
		dir, err := os.Open(filepath.Dir(socket))
		if err != nil {
			return "", nil, err
		}
		path := "/proc/self/fd/" + strconv.Itoa(int(dir.Fd())) + "/" + filepath.Base(socket)
		if len(path) <= maxPath {
			return path, func() { _ = dir.Close() }, nil
		}
		_ = dir.Close()
	}
	return "", nil, fmt.Errorf("the path of the socket %s has %d bytes, and the system takes %d: give the journal a shorter name, or put it in a directory with a shorter path", socket, len(socket), maxPath)
}
