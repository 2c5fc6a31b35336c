package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

type completionCmd struct {
	Bash completionFor `cmd:"" help:"For bash: eval \"$(wfgen completion bash)\" in ~/.bashrc."`
	Zsh  completionFor `cmd:"" help:"For zsh: eval \"$(wfgen completion zsh)\" in ~/.zshrc, after compinit."`
	Fish completionFor `cmd:"" help:"For fish: wfgen completion fish > ~/.config/fish/completions/wfgen.fish"`
}

// A completionFor is the verb for a shell, by whose name it goes.
type completionFor struct{}

// Run prints the script.
func (c *completionFor) Run(s *streams, ctx *kong.Context) error {
	script := map[string]func([]completed) string{"bash": bashCompletion, "zsh": zshCompletion, "fish": fishCompletion}
	return s.printf("%s", script[ctx.Selected().Name](completedBy(ctx.Model.Node, "")))
}

// A completed is a verb with what may follow it.
type completed struct {
	verb  string // with the verb that it is below; empty for wfgen itself
	verbs []completedWord
	flags []completedWord
}

type completedWord struct{ word, help string }

// completedBy gives a verb and those below it, by what the command understands.
func completedBy(n *kong.Node, verb string) []completed {
	c := completed{verb: verb}
	for _, f := range n.Flags {
		if !f.Hidden {
			c.flags = append(c.flags, completedWord{"-" + f.Name, f.Help})
		}
	}
	if verb != "" {
		c.flags = append(c.flags, completedWord{"-help", "Show how it is used."})
	}
	var below []completed
	for _, k := range n.Children {
		if k.Type == kong.CommandNode && !k.Hidden {
			c.verbs = append(c.verbs, completedWord{k.Name, k.Help})
			below = append(below, completedBy(k, strings.TrimSpace(verb+" "+k.Name))...)
		}
	}
	if verb == "" { // help explains each of them
		i := slices.IndexFunc(below, func(k completed) bool { return k.verb == "help" })
		below[i].verbs = slices.DeleteFunc(slices.Clone(c.verbs), func(w completedWord) bool { return w.word == "help" })
	}
	return append([]completed{c}, below...)
}

// words are the verbs and flags, separated by spaces.
func (c *completed) words() string {
	var all []string
	for _, w := range slices.Concat(c.verbs, c.flags) {
		all = append(all, w.word)
	}
	return strings.Join(all, " ")
}

// outer are the verbs that have others below them.
func outer(all []completed) string {
	var names []string
	for _, c := range all {
		if c.verb != "" && c.verb != "help" && len(c.verbs) > 0 {
			names = append(names, c.verb)
		}
	}
	return strings.Join(names, "|")
}

// cases are the words for each verb as a case of a shell.
func cases(all []completed) string {
	var b strings.Builder
	for _, c := range all {
		fmt.Fprintf(&b, "    '%s') offered='%s' ;;\n", c.verb, c.words())
	}
	return b.String()
}

// bashCompletion completes verbs and flags, and files where none of these fits.
func bashCompletion(all []completed) string {
	return `_wfgen() {
  local cur=${COMP_WORDS[COMP_CWORD]} verb= offered= i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case ${COMP_WORDS[i]} in
    -*) ;;
    *)
      case $verb in
      '') verb=${COMP_WORDS[i]} ;;
      ` + outer(all) + `) verb+=" ${COMP_WORDS[i]}" ;;
      esac
      ;;
    esac
  done
  case $verb in
` + cases(all) + `  esac
  COMPREPLY=($(compgen -W "$offered" -- "$cur"))
}
complete -o default -F _wfgen wfgen
`
}

func zshCompletion(all []completed) string {
	return `#compdef wfgen
_wfgen() {
  local verb= offered= i
  for ((i = 2; i < CURRENT; i++)); do
    case ${words[i]} in
    -*) ;;
    *)
      case $verb in
      '') verb=${words[i]} ;;
      ` + outer(all) + `) verb+=" ${words[i]}" ;;
      esac
      ;;
    esac
  done
  case $verb in
` + cases(all) + `  esac
  compadd -- ${=offered}
  [[ -n $verb ]] && _files
}
compdef _wfgen wfgen
`
}

func fishCompletion(all []completed) string {
	var b strings.Builder
	quote := func(text string) string {
		return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(singleDashes(text)) + "'"
	}
	var first []string
	for _, w := range all[0].verbs {
		first = append(first, w.word)
	}
	for _, c := range all {
		if c.verb == "help" {
			c.verbs = nil // it is seen as those are
		}
		when := "not __fish_seen_subcommand_from " + strings.Join(first, " ")
		if c.verb != "" {
			parts := strings.Fields(c.verb)
			when = "__fish_seen_subcommand_from " + strings.Join(parts, "; and __fish_seen_subcommand_from ")
			if len(c.verbs) > 0 {
				var inner []string
				for _, w := range c.verbs {
					inner = append(inner, w.word)
				}
				when += "; and not __fish_seen_subcommand_from " + strings.Join(inner, " ")
			}
		}
		for _, w := range c.verbs {
			fmt.Fprintf(&b, "complete -c wfgen -f -n %s -a %s -d %s\n", quote(when), w.word, quote(w.help))
		}
		for _, w := range c.flags {
			fmt.Fprintf(&b, "complete -c wfgen -n %s -o %s -d %s\n", quote(when), strings.TrimPrefix(w.word, "-"), quote(w.help))
		}
	}
	return b.String()
}
