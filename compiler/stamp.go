package compiler

import (
	"crypto/sha256"
	"fmt"
	"os"
	"time"
)

// Grain is more than the times of any file system are apart. A file that was changed this
// shortly before somebody looked can change again without another size or time: then its
// content tells.
const Grain = 3 * time.Second

// A stamp tells a file from what it was.
type stamp struct {
	key   string // its size and time, and its content where those don't tell
	info  os.FileInfo
	quiet bool // it was last changed well before somebody looked
}

// stamp gives that of a file as it is now. One that stays as it was keeps the stamp that it
// got first, also once its size and time have come to tell.
func (w *Workspace) stamp(path string) (stamp, error) {
	info, err := os.Stat(path)
	if err != nil {
		return stamp{}, err
	}
	w.mu.Lock()
	old, known := w.stamps[path]
	w.mu.Unlock()
	known = known && old.info.Size() == info.Size() && old.info.ModTime().Equal(info.ModTime())
	if known && old.quiet {
		return old, nil
	}
	now := stamp{info: info, quiet: time.Since(info.ModTime()) > Grain}
	now.key = fmt.Sprintf("%d %d\n", info.Size(), info.ModTime().UnixNano())
	if known || !now.quiet {
		text, err := os.ReadFile(path)
		if err != nil {
			return stamp{}, err
		}
		now.key = fmt.Sprintf("%d %d %x\n", info.Size(), info.ModTime().UnixNano(), sha256.Sum256(text))
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.stamps == nil {
		w.stamps = map[string]stamp{}
	}
	w.stamps[path] = now
	return now, nil
}
