package journals

import (
	"cmp"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/wfgen/wfgen/internal/files"
)

// Of several processes that begin an execution of one id at the same time each would take a
// journal of its own, since none has it yet. So a journal that is opened for an execution says
// so beside itself, and who finds another one that says the same leaves it to that.

// claimed ends the name of the file that has the id.
const claimed = ".for"

// A process waits for some time before it takes what is said for true. It waits with patience
// for one with a later journal to leave it the id: that one looks at the earlier ones as soon
// as it has said what it is for. Of an earlier journal it waits for a moment: a process that
// has just opened it may be about to take back what one that was killed has left there.
const (
	patience = 2 * time.Second
	moment   = patience / 8
)

// claim says that the journal was opened for an execution. It is an *OwnedError where another
// process is about to begin, or has begun, an execution of that id in another journal.
func (j *Journal) claim(dir, id string) error {
	if err := files.Replace(j.Path+claimed, []byte(id), 0o600); err != nil {
		return err
	}
	j.claims = true
	paths, err := Of(dir)
	if err != nil {
		return err
	}
	for _, path := range paths {
		if path == j.Path {
			continue
		}
		wait := moment
		if before(j.Path, path) {
			wait = patience
		}
		if err := leave(path, id, time.Now().Add(wait)); err != nil {
			return err
		}
	}
	return nil
}

// before tells whether a journal is one of the earlier ones of a package: x.db, x-2.db, x-10.db.
func before(a, b string) bool {
	return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b)) < 0
}

// leave waits for a journal to leave an execution's id to another, for some time. It is an
// *OwnedError where it doesn't.
func leave(path, id string, until time.Time) error {
	for isFor(path, id) {
		owned := ownedBy(path)
		if owned == nil || time.Now().After(until) {
			return owned
		}
		time.Sleep(10 * time.Millisecond)
	}
	return nil
}

// isFor tells whether a journal says that it was opened for an execution, or has it.
func isFor(path, id string) bool {
	text, err := os.ReadFile(path + claimed)
	if err == nil && string(text) == id {
		return true
	}
	has, err := holds(path, id)
	return has && err == nil
}

// ownedBy is the error that another process has a journal; nil where none has.
func ownedBy(path string) error {
	j := &Journal{Path: path}
	if process, err := j.Owner(); err == nil && process != "" {
		return &OwnedError{Path: path, Process: process}
	}
	return nil
}

// unclaim takes back what is said beside a journal that has just been opened: who said it was
// killed. A file of that name beside a journal elsewhere is somebody else's.
func (j *Journal) unclaim() error {
	if state, err := Dir(); err != nil || filepath.Dir(j.Path) != state {
		return nil
	}
	return files.Remove(j.Path + claimed)
}

// Close closes the journal, which is for no execution any more.
func (j *Journal) Close() error {
	var err error
	if j.claims {
		err = files.Remove(j.Path + claimed)
	}
	return errors.Join(err, j.Journal.Close())
}
