// Command versus prints how two workflows come out in six systems: how long they are, and when
// each of sixteen mistakes is found. It makes the mistakes in the sources beside it, and has
// wfgen, and with -peers the systems that are Go modules too, look for them. What Step Functions
// (ASL) and Argo say can't be found out without their services; the tables have what was measured.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
)

var (
	peers = flag.Bool("peers", false, "also look for the mistakes with the Go modules of Temporal, eino and DBOS: some minutes")
	say   = flag.Bool("v", false, "show what is said of each mistake")
	into  = flag.String("document", "", "also put the tables in the place of those in a document")
)

func main() {
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := versus(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "versus:", err)
		os.Exit(1)
	}
}

func versus(ctx context.Context) error {
	lengths, err := lengthTable()
	if err != nil {
		return err
	}
	fmt.Println(lengths)
	f, err := newFinder(ctx)
	if err != nil {
		return err
	}
	defer f.close()
	var found strings.Builder
	differs, err := f.table(ctx, io.MultiWriter(os.Stdout, &found))
	if err != nil {
		return err
	}
	if *into != "" {
		if err := document(*into, lengths, found.String()); err != nil {
			return err
		}
	}
	if differs > 0 {
		return fmt.Errorf("%d of the table's cells aren't so", differs)
	}
	return nil
}

// document puts tables in the place of those of a document that begin alike.
func document(path string, tables ...string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	for _, table := range tables {
		head, _, _ := strings.Cut(table, "\n")
		before, rest, found := strings.Cut(string(text), "\n"+head+"\n")
		_, after, ends := strings.Cut(rest, "\n\n")
		if !found || !ends {
			return fmt.Errorf("%s has no table that begins with %s", path, head)
		}
		text = []byte(before + "\n" + strings.TrimSpace(table) + "\n\n" + after)
	}
	return os.WriteFile(path, text, 0o666)
}

// table writes when each mistake is found, and gives how many cells aren't as they were measured.
func (f *finder) table(ctx context.Context, w io.Writer) (differs int, err error) {
	fmt.Fprintln(w, "| | wfgen | Temporal | ASL | Argo | eino | DBOS |\n| --- | --- | --- | --- | --- | --- | --- |")
	for _, m := range mistakes {
		found := map[string][]stage{}
		for _, system := range []string{"wfgen", "temporal", "eino", "dbos"} {
			if system != "wfgen" && !*peers {
				continue
			}
			stages, err := f.stages(ctx, m, system)
			if err != nil {
				return 0, err
			}
			found[system] = stages
		}
		fmt.Fprintf(w, "| %d %s | %s | %s | %s | %s | %s | %s |\n", m.number, m.name, inCell(found["wfgen"]), m.temporal, m.asl, m.argo, m.eino, m.dbos)
		for _, peer := range []struct{ system, measured string }{{"temporal", m.temporal}, {"eino", m.eino}, {"dbos", m.dbos}} {
			if stages := found[peer.system]; !agrees(peer.measured, stages) {
				fmt.Fprintf(os.Stderr, "versus: %s, mistake %d: the table has %s, and this run found %s\n",
					peer.system, m.number, peer.measured, inCell(stages))
				differs++
			}
		}
	}
	return differs, nil
}

// stages is when a system finds a mistake: each stage, with the ways of making it that tell them
// apart.
func (f *finder) stages(ctx context.Context, m mistake, system string) ([]stage, error) {
	var all []stage
	for _, w := range m.ways {
		if w.system != system {
			continue
		}
		found, said, err := f.find(ctx, m, w)
		if err != nil {
			return nil, err
		}
		if *say {
			fmt.Fprintf(os.Stderr, "%-8s %2d %s %s: %s\n", system, m.number, found, w.note, said)
		}
		at := slices.IndexFunc(all, func(s stage) bool { return s.letter == found })
		if at < 0 {
			at = len(all)
			all = append(all, stage{letter: found})
		}
		if w.note != "" {
			all[at].notes = append(all[at].notes, w.note)
		}
	}
	return all, nil
}

// A stage is when a mistake is found that is made in some ways.
type stage struct {
	letter string
	notes  []string
}

// inCell is what a cell of the table has of stages.
func inCell(stages []stage) string {
	var all []string
	for _, s := range stages {
		text := s.letter
		if len(s.notes) > 0 && len(stages) > 1 {
			text += " " + strings.Join(s.notes, ", ")
		}
		all = append(all, text)
	}
	return strings.Join(all, "; ")
}

// agrees tells whether the table has what a run has found: each stage, where what a run never
// finds may be a mistake that shows when the workflow runs for real.
func agrees(measured string, found []stage) bool {
	has := strings.Split(measured, ", ")
	for _, s := range found {
		if !slices.Contains(has, s.letter) && !(s.letter == never && slices.Contains(has, "R")) {
			return false
		}
	}
	return true
}
