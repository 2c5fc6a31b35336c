package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/wfgen/wfgen/compiler"
	"github.com/wfgen/wfgen/internal/execute"
	"github.com/wfgen/wfgen/internal/journals"
	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/control"
	"github.com/wfgen/wfgen/runtime/foreign"
	"github.com/wfgen/wfgen/runtime/journal"
)

type runsSignalCmd struct {
	Journal   string `name:"journal" placeholder:"FILE" help:"The journal; by default the package's in the user's state directory in which somebody awaits the event."`
	MessageID string `name:"message-id" placeholder:"ID" help:"The sender's id of the event: of those with the same only the first counts."`
	JSON      bool   `name:"json" help:"Print what was done as a JSON object."`
	Path      string `arg:"" name:"path" help:"The directory of the package that declares the event."`
	Event     string `arg:"" name:"event" help:"The event's name."`
	Data      string `arg:"" name:"data" help:"Its keys and payload by name, as a JSON object; - for standard input, or a file."`
}

// Run sends the event.
func (c *runsSignalCmd) Run(s *streams) error {
	p, err := compiler.Load(c.Path)
	if err != nil {
		return err
	}
	if err := show(s, []*compiler.Package{p}); err != nil {
		return err
	}
	data, err := content(c.Data, s.in)
	if err != nil {
		return fmt.Errorf("the event's data: %w", err)
	}
	events, err := execute.Events(p, c.Event)
	if err != nil {
		return err
	}
	all := events.Events()
	i := slices.IndexFunc(all, func(d *runtime.EventDefinition) bool { return d.Name == c.Event })
	if i < 0 {
		return fmt.Errorf("package %s declares no event %s", p.Program().Package, c.Event)
	}
	address, err := all[i].Address(data)
	if err != nil {
		return fmt.Errorf("the event's data doesn't fit %s: %w", c.Event, err)
	}
	path := c.Journal
	if path == "" {
		if path, err = awaitedIn(p.Abs(), address); err != nil {
			return err
		}
	} else if j, err := journals.Look(path); err != nil {
		return err
	} else if err := j.Close(); err != nil {
		return err
	}
	made, err := changeIn(path, control.Request{Verb: control.Signal, Event: c.Event, Data: json.RawMessage(data), MessageID: c.MessageID}, events)
	if err != nil {
		return err
	}
	if c.JSON {
		return s.printLine(made)
	}
	text := c.Event + " is sent"
	if !made.Live {
		text += "; who awaits it goes on at the next wfgen run -journal " + path
	}
	return s.printf("%s\n", foreign.Line(text))
}

// awaitedIn gives the journal of a package in which somebody awaits a message, or else
// the first one.
func awaitedIn(dir, address string) (string, error) {
	paths, err := journals.Of(dir)
	if err != nil {
		return "", err
	}
	if len(paths) == 0 {
		return "", errors.New("the package has no journal yet: run a workflow of it first, or name a file with -journal")
	}
	for _, path := range paths {
		j, err := journals.Look(path)
		if err != nil {
			return "", err
		}
		var first *journal.Await
		err = j.View(context.Background(), func(tx journal.Tx) (err error) {
			first, err = tx.FirstAwait(address, 0, time.Now())
			return err
		})
		if err = errors.Join(err, j.Close()); err != nil || first != nil {
			return path, err
		}
	}
	return paths[0], nil
}
