package sqlite

import (
	"errors"
	"fmt"

	"modernc.org/libc"
	lib "modernc.org/sqlite/lib"
)

// ErrFull is what an Update fails with for which there is no space. Nothing of it is
// stored, and later ones may succeed.
var ErrFull = errors.New("there is no space left")

// ErrDamaged is what a journal fails with whose file isn't what was written.
var ErrDamaged = errors.New("the file is damaged")

// failed makes an error of a result of SQLite's.
func (c *conn) failed(rc int32) error {
	what := libc.GoString(lib.Xsqlite3_errstr(c.tls, rc))
	if c.db != 0 && lib.Xsqlite3_errcode(c.tls, c.db)&0xff == rc&0xff {
		what = libc.GoString(lib.Xsqlite3_errmsg(c.tls, c.db))
	}
	switch rc & 0xff {
	case lib.SQLITE_NOTADB:
		return fmt.Errorf("journal %s: the file isn't a SQLite database: give the journal another name", c.path)
	case lib.SQLITE_CORRUPT:
		return fmt.Errorf("journal %s: %w (%s): restore it from a copy, or give another name to begin a new one", c.path, ErrDamaged, what)
	case lib.SQLITE_FULL:
		return fmt.Errorf("journal %s: %w: nothing of this update is stored", c.path, ErrFull)
	case lib.SQLITE_READONLY, lib.SQLITE_PERM:
		return fmt.Errorf("journal %s: the file or its directory can't be written (%s): change its permissions, or open it to read alone", c.path, what)
	case lib.SQLITE_BUSY, lib.SQLITE_LOCKED:
		return fmt.Errorf("journal %s: another program has locked the file for more than 5s: end what it does there", c.path)
	case lib.SQLITE_CANTOPEN:
		return fmt.Errorf("journal %s: the file can't be opened (%s): are it and its directory there, and may they be read and written?", c.path, what)
	}
	return fmt.Errorf("journal %s: %s (SQLite result %d)", c.path, what, rc)
}
