// Package sqlite keeps durable executions in a file, a SQLite database that any tool
// for SQLite can read. A Journal has one owner at a time, which the operating system
// sees to: when the owner's process ends, by whatever cause, the next one may begin at
// once. What Update has returned for is in the file, as durably as the journal was
// opened with. The file must be on a disk of this machine, not on a network.
package sqlite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"

	"github.com/wfgen/wfgen/runtime/journal"
	lib "modernc.org/sqlite/lib"
)

// A Durability says what an Update that has returned survives.
type Durability int

const (
	// PowerLoss is the default: what is stored survives that the power goes off. Each
	// Update waits for the disk.
	PowerLoss Durability = iota
	// ProcessCrash is faster: what is stored survives any end of the process, kill -9
	// too, as the operating system has it. After a power loss the last Updates may be
	// missing; the journal is whole all the same.
	ProcessCrash
)

// An Option says how a journal is opened.
type Option func(*options)

type options struct{ durability Durability }

// WithDurability sets what an Update that has returned survives.
func WithDurability(d Durability) Option { return func(o *options) { o.durability = d } }

// maxViews is how many Views run at the same time; others wait.
const maxViews = 4

// A Journal is a journal in a file. Make it with Open or OpenReadOnly.
type Journal struct {
	path    string
	lock    *os.File // nil where it is only read
	connect func() (*conn, error)
	views   chan struct{} // full where maxViews run
	done    chan struct{} // shut when it is closed

	idleMu sync.Mutex
	idle   []*conn // for Views; the one that was used last is used next

	mu      sync.Mutex // of what is below
	writer  *conn      // nil where it is only read
	numbers map[string]int64
	closed  bool
}

var _ journal.Journal = (*Journal)(nil)

// Open opens the journal in a file as its owner, and makes it where there is none. Its
// directory has to be there. A journal of an earlier release is brought to this one's
// schema. It is an *OwnedError where another Journal owns it, in this process or another.
func Open(path string, opts ...Option) (*Journal, error) {
	var o options
	for _, opt := range opts {
		opt(&o)
	}
	path, err := resolved(path)
	if err != nil {
		return nil, err
	}
	lock, err := own(path)
	if err != nil {
		return nil, err
	}
	w, err := openWriter(path, o.durability)
	if err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	j := newJournal(path, func() (*conn, error) { return openReader(path, path, lib.SQLITE_OPEN_READWRITE) })
	j.lock, j.writer, j.numbers = lock, w, map[string]int64{}
	return j, nil
}

// OpenReadOnly opens the journal in a file to look at, whether it has an owner or not.
// Its Update is an error.
func OpenReadOnly(path string) (*Journal, error) {
	path, err := resolved(path)
	if err != nil {
		return nil, err
	}
	if err := placed(path); err != nil {
		return nil, err
	}
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("journal %s: %w", path, err)
	}
	j := newJournal(path, func() (*conn, error) { return openLooker(path) })
	c, err := j.reader()
	if err != nil {
		return nil, err
	}
	j.leave(c)
	return j, nil
}

func newJournal(path string, connect func() (*conn, error)) *Journal {
	return &Journal{path: path, connect: connect, views: make(chan struct{}, maxViews), done: make(chan struct{})}
}

// reader gives a connection for a View, which leaves it to the next one.
func (j *Journal) reader() (*conn, error) {
	j.idleMu.Lock()
	defer j.idleMu.Unlock()
	if last := len(j.idle) - 1; last >= 0 {
		c := j.idle[last]
		j.idle = j.idle[:last]
		return c, nil
	}
	return j.connect()
}

func (j *Journal) leave(c *conn) {
	j.idleMu.Lock()
	defer j.idleMu.Unlock()
	j.idle = append(j.idle, c)
}

// Checkpoints move what is in the log to its place, every checkpointPages pages of
// 4 KiB, by the Update that passes that. As long as no View lasts, the log is used
// from its start again; one that had grown is cut to maxLog bytes.
const (
	checkpointPages = 4000
	maxLog          = 64 << 20
)

// openWriter opens the connection of an owner.
func openWriter(path string, d Durability) (*conn, error) {
	c, err := open(path, path, lib.SQLITE_OPEN_READWRITE|lib.SQLITE_OPEN_CREATE)
	if err != nil {
		return nil, err
	}
	if _, err := c.version(); err != nil {
		return nil, c.abandon(err)
	}
	if c.readOnly() {
		return nil, c.abandon(c.failed(lib.SQLITE_READONLY))
	}
	mode, err := c.word("PRAGMA journal_mode = WAL")
	if err != nil {
		return nil, c.abandon(err)
	}
	if mode != "wal" {
		return nil, c.abandon(fmt.Errorf("journal %s: SQLite can't keep a log beside it here: put it on a disk of this machine", path))
	}
	level := "FULL"
	if d == ProcessCrash {
		level = "NORMAL"
	}
	settings := []string{
		"PRAGMA synchronous = " + level,
		fmt.Sprintf("PRAGMA wal_autocheckpoint = %d", checkpointPages),
		fmt.Sprintf("PRAGMA journal_size_limit = %d", maxLog),
		"PRAGMA cache_size = -32768",
		"PRAGMA fullfsync = 1", "PRAGMA checkpoint_fullfsync = 1", // where fsync alone doesn't reach the disk
	}
	for _, s := range settings {
		if err := c.exec(s); err != nil {
			return nil, c.abandon(err)
		}
	}
	if err := c.migrate(); err != nil {
		return nil, c.abandon(err)
	}
	return c, nil
}

// openReader opens a connection for Views.
func openReader(path, name string, flags int32) (*conn, error) {
	c, err := open(path, name, flags)
	if err != nil {
		return nil, err
	}
	if err := c.exec("PRAGMA query_only = 1"); err != nil {
		return nil, c.abandon(err)
	}
	return c, nil
}

// openLooker opens a connection of a journal that is only read.
func openLooker(path string) (*conn, error) {
	c, err := openReader(path, path, lib.SQLITE_OPEN_READONLY)
	if err != nil {
		return nil, err
	}
	version, err := c.version()
	if err != nil {
		return nil, c.abandon(err)
	}
	if version == 0 {
		return nil, c.abandon(fmt.Errorf("journal %s: the file is empty: it is no journal yet", path))
	}
	if version < len(migrations) {
		return nil, c.abandon(fmt.Errorf("journal %s: the file has version %d of the schema, and this program reads %d: its owner has to open it once with this release", path, version, len(migrations)))
	}
	return c, nil
}

var errClosed = errors.New("the journal is closed")

// Update calls do with a transaction, and stores what it has written if it gives nil.
func (j *Journal) Update(ctx context.Context, do func(journal.Tx) error) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	switch {
	case j.closed:
		return errClosed
	case j.writer == nil:
		return fmt.Errorf("journal %s was opened to read alone", j.path)
	case ctx.Err() != nil:
		return ctx.Err()
	}
	c := j.writer
	if err := c.query(begin).run(); err != nil {
		return err
	}
	t := &tx{conn: c, j: j, writes: true}
	stored := false
	defer func() {
		t.over = true
		if !stored {
			// It fails where SQLite has rolled back by itself, and is right to.
			_ = c.query(rollback).run()
			clear(j.numbers)
		}
	}()
	if err := do(t); err != nil {
		return err
	}
	if err := c.query(commit).run(); err != nil {
		return err
	}
	stored = true
	return nil
}

// View calls do with a transaction that only reads. Where it is called more than four
// times at once it waits.
func (j *Journal) View(ctx context.Context, do func(journal.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case j.views <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-j.views }()
	select {
	case <-j.done:
		return errClosed
	default:
	}
	c, err := j.reader()
	if err != nil {
		return err
	}
	defer j.leave(c)
	if err := c.query(beginRead).run(); err != nil {
		return err
	}
	t := &tx{conn: c, j: j}
	defer func() {
		t.over = true
		_ = c.query(rollback).run()
	}()
	if err := c.query(lookAt).run(); err != nil { // from here on it sees this moment
		return err
	}
	return do(t)
}

// Check reads the whole file, and says what is damaged.
func (j *Journal) Check(ctx context.Context) error {
	return j.View(ctx, func(t journal.Tx) error {
		found, err := t.(*tx).word("PRAGMA integrity_check(1)")
		if err == nil && found != "ok" {
			err = fmt.Errorf("journal %s: %w (%s): restore it from a copy", j.path, ErrDamaged, found)
		}
		return err
	})
}

// Close gives the journal up, once no Update and no View runs. The second time it does
// nothing.
func (j *Journal) Close() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.closed {
		return nil
	}
	j.closed = true
	close(j.done)
	var err error
	for range maxViews { // once none runs
		j.views <- struct{}{}
		defer func() { <-j.views }()
	}
	for _, c := range j.idle {
		err = errors.Join(err, c.close())
	}
	if j.writer != nil {
		err = errors.Join(err, j.writer.close())
	}
	if j.lock != nil {
		err = errors.Join(err, j.lock.Close())
	}
	return err
}
