package main

import (
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// heads are the columns of the table. The last two are how many times as long as
// hand-written goroutines a system takes, and how many times as long the best library.
var heads = []string{"graph", "system", "ns", "bytes", "allocs", "goroutines", "of hand", "best library is"}

// lines are the cells of the table, system by system in each row.
func lines(rows []row) [][]string {
	var all [][]string
	for _, r := range rows {
		best := r.bestLibrary()
		for _, s := range systems {
			c, ok := r.cells[s.name]
			if !ok {
				continue
			}
			all = append(all, []string{
				r.name, s.name, fmt.Sprintf("%.0f", c.ns), fmt.Sprintf("%.0f", c.bytes),
				fmt.Sprintf("%.0f", c.allocs), fmt.Sprintf("%.1f", c.goroutines),
				ratio(c.ns, r.cells[baseline].ns), ratio(best, c.ns),
			})
		}
	}
	return all
}

// printRows writes what was measured: for a terminal a line for each system and graph,
// as Markdown a table of the times and one of what else a run costs.
func printRows(w io.Writer, rows []row) error {
	if !*markdown {
		return printTable(w, 2, heads, lines(rows))
	}
	measured := rowSystems(rows)
	titles := []string{"graph"}
	for _, s := range measured {
		titles = append(titles, s.name)
	}
	var times, costs [][]string
	for _, r := range rows {
		ours := r.cells[wfgenSystem.name].ns
		time, cost := []string{r.name}, []string{r.name}
		for _, s := range measured {
			c, ok := r.cells[s.name]
			if !ok {
				time, cost = append(time, "–"), append(cost, "–")
				continue
			}
			time = append(time, fmt.Sprintf("%.0f", c.ns))
			cost = append(cost, fmt.Sprintf("%.0f, %.0f, %.1f", c.bytes, c.allocs, c.goroutines))
		}
		times = append(times, append(time, ratio(ours, r.cells[baseline].ns), ratio(r.bestLibrary(), ours)))
		costs = append(costs, cost)
	}
	fmt.Fprint(w, "Nanoseconds for a run:\n\n")
	printMarkdown(w, 1, append(slices.Clone(titles), "wfgen of hand", "best library of wfgen"), times)
	fmt.Fprint(w, "\nBytes, allocations and goroutines started for a run:\n\n")
	printMarkdown(w, 1, titles, costs)
	return nil
}

// rowSystems are the systems that have a cell in some row.
func rowSystems(rows []row) []system {
	return slices.DeleteFunc(slices.Clone(systems), func(s system) bool {
		return !slices.ContainsFunc(rows, func(r row) bool { _, ok := r.cells[s.name]; return ok })
	})
}

// bestLibrary is the time of the fastest library, 0 if none was measured.
func (r row) bestLibrary() (ns float64) {
	for _, s := range systems {
		if c, ok := r.cells[s.name]; ok && s.library && (ns == 0 || c.ns < ns) {
			ns = c.ns
		}
	}
	return ns
}

// ratio says how many times as long as another something takes.
func ratio(ns, other float64) string {
	switch r := ns / other; {
	case ns == 0 || other == 0:
		return "–"
	case r < 10:
		return fmt.Sprintf("%.2f×", r)
	default:
		return fmt.Sprintf("%.0f×", r)
	}
}

// circumstances say where and with what the table was made.
func circumstances() string {
	var modules []string
	info, _ := debug.ReadBuildInfo()
	for _, s := range systems {
		for _, m := range info.Deps {
			if m.Path == s.module {
				modules = append(modules, s.name+" "+m.Version)
			}
		}
	}
	return fmt.Sprintf("%s, %s/%s, %d CPUs, %s, medians of %d rounds of %v: %s",
		time.Now().UTC().Format(time.DateOnly), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version(),
		*rounds, *length, strings.Join(modules, ", "))
}

// printTable writes a table for a terminal, with its columns aligned, or as Markdown.
// So many columns hold text, the others numbers.
func printTable(w io.Writer, texts int, heads []string, lines [][]string) error {
	if *markdown {
		printMarkdown(w, texts, heads, lines)
		return nil
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	for _, line := range append([][]string{heads}, lines...) {
		fmt.Fprintln(t, strings.Join(line, "\t")+"\t")
	}
	return t.Flush()
}

func printMarkdown(w io.Writer, texts int, heads []string, lines [][]string) {
	fmt.Fprintf(w, "| %s |\n", strings.Join(heads, " | "))
	fmt.Fprintf(w, "|%s%s\n", strings.Repeat(" --- |", texts), strings.Repeat(" --: |", len(heads)-texts))
	for _, line := range lines {
		fmt.Fprintf(w, "| %s |\n", strings.Join(line, " | "))
	}
}
