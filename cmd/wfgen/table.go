package main

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/wfgen/wfgen/runtime/foreign"
)

// A table is text in columns.
type table struct {
	columns *tabwriter.Writer
	text    bytes.Buffer
	out     io.Writer
}

func (s *streams) table() *table {
	t := &table{out: s.out}
	t.columns = tabwriter.NewWriter(&t.text, 0, 8, 2, ' ', 0)
	return t
}

// row adds a line. A cell stays on it, whoever has written what is in it.
func (t *table) row(cells ...any) {
	for i, cell := range cells {
		if i > 0 {
			fmt.Fprint(t.columns, "\t")
		}
		fmt.Fprint(t.columns, foreign.Line(fmt.Sprint(cell)))
	}
	fmt.Fprintln(t.columns)
}

// print prints the table. Its last columns may be empty.
func (t *table) print() error {
	if err := t.columns.Flush(); err != nil {
		return err
	}
	for line := range strings.Lines(t.text.String()) {
		if _, err := fmt.Fprintln(t.out, strings.TrimRight(line, " \n")); err != nil {
			return err
		}
	}
	return nil
}
