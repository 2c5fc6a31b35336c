package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
	"time"
)

// A column is one figure of one measurement. Where more is better, ratios say how many
// times the first row's figure is another's; else the other way round.
type column struct {
	title, measurement, unit string
	format                   string
	more                     bool
}

var columns = []column{
	{"5 steps, 50 at once, steps/s", "chain50", "steps/s", "%.0f", true},
	{"5 steps, 500 at once, steps/s", "chain500", "steps/s", "%.0f", true},
	{"20 side by side, steps/s", "fan", "steps/s", "%.0f", true},
	{"one step, ms", "one", "ms", "%.2f", false},
	{"goes on after kill -9, s", "recover", "s", "%.2f", false},
	{"parked, bytes each", "park", "bytes", "%.0f", false},
	{"goroutines each", "park", "goroutines", "%.2f", false},
	{"parked", "park", "parked", "%.0f", false},
}

// printTable writes what was measured as Markdown.
func printTable(d disk, rows []row) {
	fmt.Printf("%s, %s/%s, %d CPUs, %s\n\n", time.Now().UTC().Format(time.DateOnly), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version())
	fmt.Printf("The disk: an append and an fsync take %.2f ms (median of 200); group-committed appends of %d bytes: %.0f/s from 50 appenders, %.0f/s from 500.\n\n",
		d.fsync.Seconds()*1e3, recordSize, d.appends[50], d.appends[500])
	for _, r := range rows {
		fmt.Printf("- %s%s: %s\n", r.peer.name, version(r.peer.name), r.peer.settings)
	}
	head, line := "\n| |", "| --- |"
	for _, c := range columns {
		head, line = head+" "+c.title+" |", line+" --: |"
	}
	fmt.Println(head + "\n" + line)
	for _, r := range rows {
		cells := "| " + r.peer.name + " |"
		for _, c := range columns {
			cells += " " + c.cell(r, rows[0]) + " |"
		}
		fmt.Println(cells)
	}
	for _, r := range rows {
		for _, note := range r.notes {
			fmt.Printf("\n%s: %s\n", r.peer.name, note)
		}
	}
}

// cell is a figure, and how many times better the first row's is.
func (c column) cell(r, first row) string {
	f, ok := r.values[c.measurement]
	if !ok {
		return "–"
	}
	s := fmt.Sprintf(c.format, f[c.unit])
	base, ok := first.values[c.measurement]
	if !ok || r.peer.name == first.peer.name || c.unit == "parked" || c.unit == "goroutines" || f[c.unit] <= 0 || base[c.unit] <= 0 {
		return s
	}
	ratio := f[c.unit] / base[c.unit]
	if c.more {
		ratio = 1 / ratio
	}
	if ratio < 10 {
		return fmt.Sprintf("%s (%.2f×)", s, ratio)
	}
	return fmt.Sprintf("%s (%.0f×)", s, ratio)
}

// version is the version of the module that a peer is, as this program was built with.
func version(name string) string {
	modules := map[string]string{"DBOS": "github.com/dbos-inc/dbos-transact-golang", "Temporal": "go.temporal.io/sdk"}
	info, _ := debug.ReadBuildInfo()
	for prefix, path := range modules {
		for _, m := range info.Deps {
			if m.Path == path && strings.HasPrefix(name, prefix) {
				return " (" + m.Version + ")"
			}
		}
	}
	return ""
}
