package sqlite

import (
	"fmt"
	"time"
	"unsafe"

	"modernc.org/libc"
	lib "modernc.org/sqlite/lib"
)

// A conn is a connection of SQLite, for one goroutine at a time, with the statements
// that it has prepared. What is bound to a statement is copied into buf, outside of
// Go's memory, and stays there until the statement has run.
type conn struct {
	tls        *libc.TLS
	db         uintptr
	out        uintptr // room for what functions give by address
	buf        uintptr
	path       string
	statements [countQueries]*stmt
}

// bufSize holds what is bound to a statement but for large data.
const bufSize = 64 << 10

// pointer is an address of memory outside of Go's as a pointer.
func pointer(address uintptr) unsafe.Pointer { return *(*unsafe.Pointer)(unsafe.Pointer(&address)) }

// memory is n bytes at an address outside of Go's memory.
func memory(address uintptr, n int) []byte { return unsafe.Slice((*byte)(pointer(address)), n) }

// open makes a connection; path is a file's, or a URI with SQLITE_OPEN_URI.
func open(path, name string, flags int32) (*conn, error) {
	c := &conn{tls: libc.NewTLS(), path: path}
	c.out = libc.Xmalloc(c.tls, 16)
	c.buf = libc.Xmalloc(c.tls, bufSize)
	if c.out == 0 || c.buf == 0 {
		return nil, c.abandon(fmt.Errorf("journal %s: no memory", path))
	}
	text, err := libc.CString(name)
	if err != nil {
		return nil, c.abandon(err)
	}
	defer libc.Xfree(c.tls, text)
	rc := lib.Xsqlite3_open_v2(c.tls, text, c.out, flags|lib.SQLITE_OPEN_NOMUTEX, 0)
	c.db = *(*uintptr)(pointer(c.out))
	if rc != lib.SQLITE_OK {
		return nil, c.abandon(c.failed(rc))
	}
	lib.Xsqlite3_extended_result_codes(c.tls, c.db, 1)
	lib.Xsqlite3_busy_timeout(c.tls, c.db, 5000)
	return c, nil
}

func (c *conn) abandon(err error) error {
	_ = c.close()
	return err
}

func (c *conn) close() error {
	var err error
	for _, s := range c.statements {
		if s != nil {
			s.finalize()
		}
	}
	if c.db != 0 {
		if rc := lib.Xsqlite3_close(c.tls, c.db); rc != lib.SQLITE_OK {
			err = c.failed(rc)
		}
	}
	libc.Xfree(c.tls, c.out)
	libc.Xfree(c.tls, c.buf)
	c.tls.Close()
	return err
}

// readOnly tells whether SQLite could open the file only to read.
func (c *conn) readOnly() bool { return lib.Xsqlite3_db_readonly(c.tls, c.db, 0) == 1 }

// exec runs a statement without parameters once.
func (c *conn) exec(sql string) error {
	s, err := c.prepare(sql)
	if err != nil {
		return err
	}
	defer s.finalize()
	return s.run()
}

// number runs a query that gives a number.
func (c *conn) number(sql string) (n int64, err error) {
	s, err := c.prepare(sql)
	if err != nil {
		return 0, err
	}
	defer s.finalize()
	for s.next() {
		n = s.int64(0)
	}
	return n, s.end()
}

// word runs a query that gives a text.
func (c *conn) word(sql string) (text string, err error) {
	s, err := c.prepare(sql)
	if err != nil {
		return "", err
	}
	defer s.finalize()
	for s.next() {
		text = s.string(0)
	}
	return text, s.end()
}

// A stmt is a prepared statement. Its parameters are bound in their order, then it is
// run, or next is called until it gives false, and then end. The first error of all
// that comes last.
type stmt struct {
	c      *conn
	handle uintptr
	bound  int32 // parameters
	used   int   // of the buffer
	large  []uintptr
	err    error
}

func (c *conn) prepare(sql string) (*stmt, error) {
	text, err := libc.CString(sql)
	if err != nil {
		return nil, err
	}
	defer libc.Xfree(c.tls, text)
	if rc := lib.Xsqlite3_prepare_v2(c.tls, c.db, text, -1, c.out, 0); rc != lib.SQLITE_OK {
		return nil, c.failed(rc)
	}
	return &stmt{c: c, handle: *(*uintptr)(pointer(c.out))}, nil
}

// query gives a statement that is kept prepared, ready for its parameters.
func (c *conn) query(q query) *stmt {
	s := c.statements[q]
	if s != nil {
		return s
	}
	s, err := c.prepare(queries[q])
	if err != nil {
		return &stmt{c: c, err: err}
	}
	c.statements[q] = s
	return s
}

func (s *stmt) finalize() {
	s.reset()
	lib.Xsqlite3_finalize(s.c.tls, s.handle)
}

func (s *stmt) check(rc int32) {
	if rc != lib.SQLITE_OK && s.err == nil {
		s.err = s.c.failed(rc)
	}
}

// int binds a number.
func (s *stmt) int(v int64) *stmt {
	s.bound++
	if s.err == nil {
		s.check(lib.Xsqlite3_bind_int64(s.c.tls, s.handle, s.bound, v))
	}
	return s
}

func (s *stmt) null() *stmt {
	s.bound++
	if s.err == nil {
		s.check(lib.Xsqlite3_bind_null(s.c.tls, s.handle, s.bound))
	}
	return s
}

// time binds a time in microseconds, or NULL for a zero one.
func (s *stmt) time(t time.Time) *stmt {
	if t.IsZero() {
		return s.null()
	}
	return s.int(t.UnixMicro())
}

// text binds a text.
func (s *stmt) text(v string) *stmt {
	return s.bytes(unsafe.Slice(unsafe.StringData(v), len(v)))
}

// data binds JSON as a text, or NULL for nil.
func (s *stmt) data(v []byte) *stmt {
	if v == nil {
		return s.null()
	}
	return s.bytes(v)
}

func (s *stmt) bytes(v []byte) *stmt {
	s.bound++
	if s.err != nil {
		return s
	}
	if len(v) > maxText {
		s.err = fmt.Errorf("journal %s: a text of %d bytes is too long: at most %d can be kept", s.c.path, len(v), maxText)
		return s
	}
	at := s.c.buf + uintptr(s.used)
	if s.used+len(v) <= bufSize {
		s.used += len(v)
	} else {
		at = libc.Xmalloc(s.c.tls, lib.Tsize_t(len(v)))
		if at == 0 {
			s.err = fmt.Errorf("journal %s: no memory for %d bytes", s.c.path, len(v))
			return s
		}
		s.large = append(s.large, at)
	}
	copy(memory(at, len(v)), v)
	s.check(lib.Xsqlite3_bind_text(s.c.tls, s.handle, s.bound, at, int32(len(v)), 0))
	return s
}

// maxText is SQLite's limit of a text.
const maxText = 1_000_000_000 - 1<<10

// run runs a statement that gives nothing.
func (s *stmt) run() error {
	for s.next() {
	}
	return s.end()
}

// next steps to the next row.
func (s *stmt) next() bool {
	if s.err != nil {
		return false
	}
	switch rc := lib.Xsqlite3_step(s.c.tls, s.handle); rc {
	case lib.SQLITE_ROW:
		return true
	case lib.SQLITE_DONE:
		return false
	default:
		s.err = s.c.failed(rc)
		return false
	}
}

// end makes the statement ready for the next time, and gives what went wrong.
func (s *stmt) end() error {
	err := s.err
	s.reset()
	return err
}

func (s *stmt) reset() {
	if s.handle != 0 {
		lib.Xsqlite3_reset(s.c.tls, s.handle)
	}
	for _, at := range s.large {
		libc.Xfree(s.c.tls, at)
	}
	s.bound, s.used, s.large, s.err = 0, 0, s.large[:0], nil
}

// The columns of the row, from 0.

func (s *stmt) int64(column int32) int64 {
	return lib.Xsqlite3_column_int64(s.c.tls, s.handle, column)
}

func (s *stmt) isNull(column int32) bool {
	return lib.Xsqlite3_column_type(s.c.tls, s.handle, column) == lib.SQLITE_NULL
}

func (s *stmt) raw(column int32) []byte {
	at := lib.Xsqlite3_column_text(s.c.tls, s.handle, column)
	n := lib.Xsqlite3_column_bytes(s.c.tls, s.handle, column)
	if at == 0 || n == 0 {
		return nil
	}
	return memory(at, int(n))
}

func (s *stmt) string(column int32) string { return string(s.raw(column)) }

// json gives a copy of a column; nil where it is NULL.
func (s *stmt) json(column int32) []byte {
	if s.isNull(column) {
		return nil
	}
	return append([]byte{}, s.raw(column)...)
}

func (s *stmt) moment(column int32) time.Time {
	if s.isNull(column) {
		return time.Time{}
	}
	return time.UnixMicro(s.int64(column)).UTC()
}
