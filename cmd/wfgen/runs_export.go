package main

import "github.com/wfgen/wfgen/internal/history"

type runsExportCmd struct {
	inJournal
	ID string `arg:"" name:"id" help:"The execution's id."`
}

// Run prints the document.
func (c *runsExportCmd) Run(s *streams) error {
	f, err := c.look(c.ID)
	if err != nil {
		return err
	}
	defer f.Close()
	records, awaits, err := f.history()
	if err != nil {
		return err
	}
	return s.printJSON(history.NewDocument(f.execution, records, awaits))
}
