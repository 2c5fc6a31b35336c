package agent

import (
	"fmt"
	"strings"

	"github.com/wfgen/wfgen/runtime/model"
)

// This file has all that a model is told besides what the program says, and what people are
// told of its replies.

// lastText is told with the request of the last turn.
const lastText = "This is the last reply of this conversation: no tool can be called any more. Give your answer now, from what you know."

// doneText is the result of a call that gives nothing.
const doneText = "done"

// cutText says that a reply wasn't whole.
func cutText(most int) string {
	if most <= 0 {
		return "it was cut short"
	}
	return fmt.Sprintf("it was cut short: it may have %d tokens", most)
}

// unfitText answers a reply that isn't a result.
func unfitText(faults string, structured bool) string {
	out := "Your reply can't be taken:\n" + listed(faults) + "\nReply once more, to the same question."
	if structured {
		out += " Reply with nothing but the JSON."
	}
	return out
}

// uncalledText answers a call that isn't made.
func uncalledText(faults string) string { return "The call wasn't made:\n" + listed(faults) }

// failedText answers a call that has failed.
func failedText(why string) string { return "The call failed: " + why }

func noToolText(name string, tools []Tool) string {
	names := make([]string, len(tools))
	for i := range tools {
		names[i] = tools[i].Name
	}
	return fmt.Sprintf("there is no tool %q; the tools are %s", name, strings.Join(names, ", "))
}

func mostText(name string, most int) string {
	times := fmt.Sprintf("%d times", most)
	if most == 1 {
		times = "once"
	}
	return fmt.Sprintf("%s may be called %s in this conversation, and has been", name, times)
}

// listed is a list of faults, one on each line.
func listed(lines string) string {
	return "- " + strings.ReplaceAll(lines, "\n", "\n- ")
}

// uncalled says of a reply that may have no calls that it has some; empty where it hasn't.
func uncalled(t *talk, reply *Reply) string {
	switch {
	case len(reply.Calls) == 0:
		return ""
	case len(t.tools) == 0:
		return "there are no tools to call"
	}
	return "no tool can be called any more: give your answer"
}

// refusals answer the calls of such a reply.
func refusals(reply *Reply, faults string) (all []model.Result) {
	for _, c := range reply.Calls {
		all = append(all, model.Result{Call: c.ID, Name: c.Name, Text: uncalledText(faults), Failed: true})
	}
	return all
}
