// Package etl brings a table up to date: etl.wf says how, and what keeps it as it was, and this
// file has the tools. They keep all in memory: put your own source and database in their place.
package etl

import (
	"context"
	"sync"
)

//go:generate go run github.com/wfgen/wfgen/cmd/wfgen compile .

// A Database has tables, of which some are staged.
type Database struct {
	mu     sync.Mutex
	staged map[string]map[string][]Item // pages by table
	tables map[string]map[string][]Item
}

// NewDatabase gives an empty database.
func NewDatabase() *Database {
	return &Database{staged: map[string]map[string][]Item{}, tables: map[string]map[string][]Item{}}
}

// Pages names two pages of any source.
func (d *Database) Pages(context.Context, string) ([]string, error) { return []string{"1", "2"}, nil }

// Read gives the rows of a page.
func (d *Database) Read(_ context.Context, source, page string) ([]Row, error) {
	return []Row{{Sku: "lamp-" + page, Price: "20.50", Qty: "3"}, {Sku: "desk-" + page, Price: "700", Qty: "1"}}, nil
}

func table(load string) string { return "staging_" + load }

// CreateStaging makes the table of a load, or gives the one that is there.
func (d *Database) CreateStaging(_ context.Context, load, target string) (string, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.staged[table(load)] == nil {
		d.staged[table(load)] = map[string][]Item{}
	}
	return table(load), nil
}

// DropStaging drops the table of a load, if there is one.
func (d *Database) DropStaging(_ context.Context, load string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.staged, table(load))
	return nil
}

// Stage replaces the rows of a page.
func (d *Database) Stage(_ context.Context, table, page string, items []Item) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.staged[table][page] = items
	return nil
}

// CountStaged counts rows.
func (d *Database) CountStaged(_ context.Context, table string) (n int, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, items := range d.staged[table] {
		n += len(items)
	}
	return n, nil
}

// Swap has a staged table take the target's place. A second time there is nothing to do.
func (d *Database) Swap(_ context.Context, table, target string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if pages := d.staged[table]; pages != nil {
		d.tables[target] = pages
		delete(d.staged, table)
	}
	return nil
}
