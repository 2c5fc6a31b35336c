package main

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/wfgen/wfgen/graph"
)

// A command is all that wfgen understands.
type command struct {
	Init       initCmd       `cmd:"" help:"Make a small package with a workflow, its tools and a test."`
	Check      checkCmd      `cmd:"" help:"Check the source and show what is wrong with it."`
	Compile    compileCmd    `cmd:"" help:"Write the Go source beside the .wf files."`
	Fmt        fmtCmd        `cmd:"" help:"Format .wf files."`
	Run        runCmd        `cmd:"" help:"Compile a workflow and run it."`
	Runs       runsCmd       `cmd:"" help:"List, show and change durable executions."`
	Replay     replayCmd     `cmd:"" help:"Run an exported execution again, with what is recorded in place of calls."`
	Test       testCmd       `cmd:"" help:"Run the tests in .wf files."`
	Graph      graphCmd      `cmd:"" help:"Show what the compiler settled: which step waits for which."`
	List       listCmd       `cmd:"" help:"List workflows, tools and types with their signatures."`
	Compat     compatCmd     `cmd:"" help:"Say where executions started under one source can go on under another."`
	Explain    explainCmd    `cmd:"" help:"Explain the code of a diagnostic, with examples."`
	Mcp        mcpCmd        `cmd:"" help:"Serve an assistant by the Model Context Protocol, or pin the tools of a server of others."`
	Completion completionCmd `cmd:"" help:"Print what has a shell complete the words of wfgen."`
	Help       helpCmd       `cmd:"" help:"Say how wfgen or one of its verbs is used."`
	Version    versionCmd    `cmd:"" help:"Print the version."`
}

const description = "wfgen compiles workflows to Go.\n\n" +
	"A path is a directory, a .wf file, or a directory and all below it, as in ./... ; " +
	"no path at all is the current directory."

// dispatch reads the arguments and runs the verb they name.
func dispatch(s *streams, args []string) error {
	var help bytes.Buffer
	helped := false
	parser, err := kong.New(&command{},
		kong.Name("wfgen"), kong.Description(description), kong.Writers(&help, &help),
		kong.Exit(func(int) { helped = true }), kong.Vars{"formats": strings.Join(graph.Formats, ", ")}, statusTexts(),
		kong.ConfigureHelp(kong.HelpOptions{NoExpandSubcommands: true, WrapUpperBound: 100}))
	if err != nil {
		panic("internal error: " + err.Error())
	}
	if len(args) == 0 {
		_, _ = parser.Parse([]string{"--help"})
		fmt.Fprint(s.err, helpText(help.String()))
		return exit{exitUnusable}
	}
	if len(args) == 1 && (args[0] == "-version" || args[0] == "--version") {
		return new(versionCmd).Run(s)
	}
	ctx, err := parser.Parse(doubleDashes(listAsked(args)))
	if helped {
		return s.printf("%s", helpText(help.String()))
	}
	if err != nil {
		return usage(err)
	}
	return ctx.Run(s)
}

// usage says what is wrong with the arguments, and where to read about them.
func usage(err error) error {
	verb := ""
	if p := new(kong.ParseError); errors.As(err, &p) && p.Context != nil {
		for _, part := range p.Context.Path {
			if part.Command != nil {
				verb += " " + part.Command.Name
			}
		}
	}
	return fmt.Errorf("%s\nwfgen help%s says how it is used", singleDashes(err.Error()), verb)
}

var (
	// oneDash is a flag with one dash, but for -h, which kong knows.
	oneDash = regexp.MustCompile(`^-([a-gi-z]|[a-z][a-z-]+)(=|$)`)
	// longFlag is one of more than a letter: some of these take a value.
	longFlag = regexp.MustCompile(`^-[a-z][a-z-]+(=|$)`)
)

// doubleDashes gives flags the second dash that kong wants, so that they can be written as
// Go's tools write them, and ties a lone dash, which means standard input or output, to the
// flag before it.
func doubleDashes(args []string) []string {
	var out []string
	for i, arg := range args {
		switch {
		case arg == "--":
			return append(out, args[i:]...)
		case oneDash.MatchString(arg):
			arg = "-" + arg
		case arg == "-" && i > 0 && longFlag.MatchString(args[i-1]) && !strings.Contains(args[i-1], "="):
			out[len(out)-1] += "=-"
			continue
		}
		out = append(out, arg)
	}
	return out
}

var (
	doubleDash = regexp.MustCompile(`(^|[\s"'\[(,|])--([a-z])`)
	flagColumn = regexp.MustCompile(`(?m)^( +)--`)
)

// singleDashes writes the flags in a text as Go's tools do.
func singleDashes(text string) string { return doubleDash.ReplaceAllString(text, "$1-$2") }

// helpText is singleDashes for a table of flags, whose columns stay aligned.
func helpText(text string) string {
	text = strings.ReplaceAll(text, "-h, --help", "-h, -help ")
	return strings.TrimRight(singleDashes(flagColumn.ReplaceAllString(text, "$1 -")), "\n") + "\n"
}
