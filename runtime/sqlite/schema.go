package sqlite

import (
	"fmt"
	"strings"
)

// applicationID marks a file as a journal: "wfgj".
const applicationID = 0x7766676a

// migrations make each version of the schema of the one before it, from an empty file
// on. What a release has stored is never changed here; a later schema is one more.
var migrations = []string{schema1, schema2, schema3, schema4, schema5}

// schema1 keeps executions under a number, in the order of Create. Records lie in the
// order in which they were stored, whichever execution they are of, so that a batch of
// many executions' records fills few pages; the index that finds them is by that
// number. Times are microseconds since 1970, NULL where zero. The input, which doesn't
// change, isn't written again with each state.
const schema1 = `
CREATE TABLE execution (
	n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, workflow TEXT NOT NULL, version INTEGER NOT NULL,
	fingerprint TEXT NOT NULL, parent TEXT NOT NULL, created INTEGER,
	status TEXT NOT NULL, generation INTEGER NOT NULL, wake INTEGER, ended INTEGER, result TEXT, error TEXT NOT NULL, cancel TEXT NOT NULL
);
CREATE INDEX execution_running ON execution (id) WHERE status = 'running';
CREATE INDEX execution_waiting ON execution (wake) WHERE status = 'waiting' AND wake IS NOT NULL;
CREATE INDEX execution_parent ON execution (parent) WHERE parent <> '';
CREATE TABLE input (execution INTEGER PRIMARY KEY, data TEXT NOT NULL);
CREATE TABLE record (
	execution INTEGER NOT NULL, n INTEGER NOT NULL, kind TEXT NOT NULL, step TEXT NOT NULL, tool TEXT NOT NULL, attempt INTEGER NOT NULL,
	hash INTEGER NOT NULL, began INTEGER, time INTEGER, data TEXT,
	PRIMARY KEY (execution, n)
);
CREATE TABLE message (
	seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, address TEXT NOT NULL, data TEXT, sent INTEGER, expires INTEGER, claimed TEXT NOT NULL
);
CREATE UNIQUE INDEX message_id ON message (id) WHERE id <> '';
CREATE INDEX message_unclaimed ON message (address) WHERE claimed = '';
CREATE INDEX message_expires ON message (expires) WHERE expires IS NOT NULL;
CREATE TABLE await (
	seq INTEGER PRIMARY KEY AUTOINCREMENT, execution TEXT NOT NULL, step TEXT NOT NULL, address TEXT NOT NULL,
	text TEXT NOT NULL, asked TEXT NOT NULL, since INTEGER,
	UNIQUE (execution, step)
);
CREATE INDEX await_address ON await (address);
CREATE VIEW executions AS
	SELECT id, workflow, version, status, generation, nullif(parent, '') AS parent,
		strftime('%Y-%m-%d %H:%M:%f', created / 1e6, 'unixepoch') AS created,
		strftime('%Y-%m-%d %H:%M:%f', wake / 1e6, 'unixepoch') AS wake,
		strftime('%Y-%m-%d %H:%M:%f', ended / 1e6, 'unixepoch') AS ended,
		(ended - created) / 1e6 AS seconds, i.data AS input, result, nullif(error, '') AS error, nullif(cancel, '') AS cancel
	FROM execution e LEFT JOIN input i ON i.execution = e.n;
CREATE VIEW steps AS
	SELECT e.id AS execution, e.workflow, r.n, r.kind, r.step, nullif(r.tool, '') AS tool, r.attempt,
		strftime('%Y-%m-%d %H:%M:%f', coalesce(r.began, r.time) / 1e6, 'unixepoch') AS began,
		strftime('%Y-%m-%d %H:%M:%f', r.time / 1e6, 'unixepoch') AS time, r.data
	FROM record r JOIN execution e ON e.n = r.execution;
CREATE VIEW durations AS
	SELECT e.workflow, r.step, nullif(r.tool, '') AS tool, count(*) AS times, avg(r.time - r.began) / 1e6 AS mean_seconds, max(r.time - r.began) / 1e6 AS max_seconds
	FROM record r JOIN execution e ON e.n = r.execution WHERE r.kind = 'done' AND r.began IS NOT NULL GROUP BY e.workflow, r.step, r.tool;
CREATE VIEW failures AS
	SELECT e.id AS execution, e.workflow, r.step, nullif(r.tool, '') AS tool, r.attempt,
		strftime('%Y-%m-%d %H:%M:%f', r.time / 1e6, 'unixepoch') AS time,
		CASE WHEN json_valid(r.data) THEN r.data ->> '$.text' ELSE r.data END AS error
	FROM record r JOIN execution e ON e.n = r.execution WHERE r.kind = 'failed'`

// schema2 adds what a waiting execution has seen. Of those that an earlier release parked
// nobody knows that: they are found, and go on once.
const schema2 = `
ALTER TABLE execution ADD COLUMN seen INTEGER NOT NULL DEFAULT 0;
CREATE INDEX execution_unseen ON execution (id) WHERE status = 'waiting' AND seen = 0`

// schema3 adds how many processes have begun to go through an execution's records.
const schema3 = `ALTER TABLE execution ADD COLUMN trials INTEGER NOT NULL DEFAULT 0`

// schema4 adds when an await's timeout passes. Of those that an earlier release has stored
// the journal doesn't know it: their executions do.
const schema4 = `ALTER TABLE await ADD COLUMN until INTEGER`

// schema5 adds what an await's condition knows of its workflow.
const schema5 = `ALTER TABLE await ADD COLUMN captured TEXT`

// migrate brings a file to the latest version of the schema, all at once or not at all.
func (c *conn) migrate() error {
	if err := c.exec("BEGIN IMMEDIATE"); err != nil {
		return err
	}
	if err := c.migrateWithin(); err != nil {
		_ = c.exec("ROLLBACK")
		return err
	}
	return c.exec("COMMIT")
}

func (c *conn) migrateWithin() error {
	version, err := c.version()
	if err != nil || version == len(migrations) {
		return err
	}
	for _, m := range migrations[version:] {
		for statement := range strings.SplitSeq(m, ";") {
			if err := c.exec(statement); err != nil {
				return err
			}
		}
	}
	if err := c.exec(fmt.Sprintf("PRAGMA application_id = %d", applicationID)); err != nil {
		return err
	}
	return c.exec(fmt.Sprintf("PRAGMA user_version = %d", len(migrations)))
}

// version is that of the file's schema; 0 for an empty file. It is an error where the
// file is something else, or of a later release.
func (c *conn) version() (int, error) {
	application, err := c.number("PRAGMA application_id")
	if err != nil {
		return 0, err
	}
	version, err := c.number("PRAGMA user_version")
	if err != nil {
		return 0, err
	}
	objects, err := c.number("SELECT count(*) FROM sqlite_schema")
	if err != nil {
		return 0, err
	}
	switch {
	case application == 0 && version == 0 && objects == 0:
		return 0, nil
	case application != applicationID:
		return 0, fmt.Errorf("journal %s: the file is a SQLite database of another program: give the journal another name", c.path)
	case version > int64(len(migrations)):
		return 0, fmt.Errorf("journal %s: the file has version %d of the schema, and this program knows up to %d: use a later release", c.path, version, len(migrations))
	}
	return int(version), nil
}
