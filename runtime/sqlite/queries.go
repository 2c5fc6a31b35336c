package sqlite

// A query is a statement that connections keep prepared.
type query int

const (
	begin query = iota
	beginRead
	commit
	rollback
	lookAt
	createExecution
	addInput
	findExecution
	findNumber
	setState
	listRunning
	listDue
	nextWake
	addRecord
	lastRecord
	listRecords
	addMessage
	messageByID
	firstMessage
	claimMessage
	expireMessages
	addAwait
	firstAwait
	listAwaits
	allAwaits
	removeAwait
	removeAwaits
	countQueries
)

const (
	executionColumns = `e.id, e.workflow, e.version, e.fingerprint, e.parent, e.created, e.status, e.generation, e.wake, e.ended, e.result, e.error, e.cancel, i.data, e.seen, e.trials FROM execution e LEFT JOIN input i ON i.execution = e.n`
	messageColumns   = `seq, id, address, data, sent, expires, claimed FROM message`
	awaitColumns     = `seq, execution, step, address, text, asked, since, until, captured FROM await`
)

// The conditions of partial indexes are written as the indexes have them.
var queries = [countQueries]string{
	begin:     `BEGIN IMMEDIATE`,
	beginRead: `BEGIN`,
	commit:    `COMMIT`,
	rollback:  `ROLLBACK`,
	lookAt:    `SELECT 1 FROM sqlite_schema LIMIT 1`,

	createExecution: `INSERT INTO execution (id, workflow, version, fingerprint, parent, created, status, generation, wake, ended, result, error, cancel, seen, trials)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
	addInput:      `INSERT INTO input (execution, data) VALUES (?, ?)`,
	findExecution: `SELECT ` + executionColumns + ` WHERE e.id = ?`,
	findNumber:    `SELECT n FROM execution WHERE id = ?`,
	setState:      `UPDATE execution SET status = ?, generation = ?, wake = ?, ended = ?, result = ?, error = ?, cancel = ?, seen = ?, trials = ? WHERE n = ?`,
	listRunning: `SELECT id FROM execution WHERE status = 'running' AND id > ?1
		UNION ALL SELECT id FROM execution WHERE status = 'waiting' AND seen = 0 AND id > ?1 ORDER BY id LIMIT ?2`,
	listDue:  `SELECT id FROM execution WHERE status = 'waiting' AND wake IS NOT NULL AND wake <= ? ORDER BY wake LIMIT ?`,
	nextWake: `SELECT wake FROM execution WHERE status = 'waiting' AND wake IS NOT NULL ORDER BY wake LIMIT 1`,

	addRecord:   `INSERT INTO record (execution, n, kind, step, tool, attempt, hash, began, time, data) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
	lastRecord:  `SELECT n FROM record WHERE execution = ? ORDER BY n DESC LIMIT 1`,
	listRecords: `SELECT n, kind, step, tool, attempt, hash, began, time, data FROM record WHERE execution = ? AND n > ? ORDER BY n LIMIT ?`,

	addMessage:     `INSERT INTO message (id, address, data, sent, expires, claimed) VALUES (?, ?, ?, ?, ?, ?)`,
	messageByID:    `SELECT ` + messageColumns + ` WHERE id = ? AND id <> ''`,
	firstMessage:   `SELECT ` + messageColumns + ` WHERE address = ? AND claimed = '' AND seq > ? AND (expires IS NULL OR expires > ?) ORDER BY seq LIMIT 1`,
	claimMessage:   `UPDATE message SET claimed = ? WHERE seq = ?`,
	expireMessages: `DELETE FROM message WHERE expires IS NOT NULL AND expires <= ?`,

	addAwait: `INSERT INTO await (execution, step, address, text, asked, since, until, captured) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (execution, step) DO UPDATE SET address = excluded.address, text = excluded.text, asked = excluded.asked, since = excluded.since, until = excluded.until, captured = excluded.captured
		RETURNING seq`,
	firstAwait:   `SELECT ` + awaitColumns + ` WHERE address = ? AND seq > ? AND (until IS NULL OR until >= ?) ORDER BY seq LIMIT 1`,
	listAwaits:   `SELECT ` + awaitColumns + ` WHERE execution = ? ORDER BY seq`,
	allAwaits:    `SELECT ` + awaitColumns + ` ORDER BY seq`,
	removeAwait:  `DELETE FROM await WHERE execution = ? AND step = ?`,
	removeAwaits: `DELETE FROM await WHERE execution = ?`,
}
