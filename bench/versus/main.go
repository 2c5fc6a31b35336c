// Command versus prints how two workflows come out in six systems: how long they are, and when
// each of sixteen mistakes is found. It makes the mistakes in the sources beside it, and has
// wfgen, and with -peers the systems that are Go modules too, look for them. What Step Functions
// (ASL) and Argo say can't be found out without their services; the tables have what was measured.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
)

var (
	peers = flag.Bool("peers", false, "also look for the mistakes with the Go modules of Temporal, eino and DBOS: some minutes")
	say   = flag.Bool("v", false, "show what is said of each mistake")
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
	fmt.Println("| | wfgen | Temporal | ASL | Argo | eino | DBOS |\n| --- | --- | --- | --- | --- | --- | --- |")
	differs := 0
	for _, m := range mistakes {
		found := map[string][]stage{}
		for _, system := range []string{"wfgen", "temporal", "eino", "dbos"} {
			if system != "wfgen" && !*peers {
				continue
			}
			stages, err := f.stages(ctx, m, system)
			if err != nil {
				return err
			}
			found[system] = stages
		}
		fmt.Printf("| %d %s | %s | %s | %s | %s | %s | %s |\n", m.number, m.name, inCell(found["wfgen"]), m.temporal, m.asl, m.argo, m.eino, m.dbos)
		for _, peer := range []struct{ system, measured string }{{"temporal", m.temporal}, {"eino", m.eino}, {"dbos", m.dbos}} {
			if stages := found[peer.system]; !agrees(peer.measured, stages) {
				fmt.Fprintf(os.Stderr, "versus: %s, mistake %d: the table has %s, and this run found %s\n",
					peer.system, m.number, peer.measured, inCell(stages))
				differs++
			}
		}
	}
	if differs > 0 {
		return fmt.Errorf("%d of the table's cells aren't so", differs)
	}
	return nil
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
