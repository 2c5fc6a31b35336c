package progress

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/driver"
	"github.com/wfgen/wfgen/runtime/stepid"
)

// A cost is what a request to a model has cost.
type cost struct {
	Tokens  int
	Dollars float64
}

// spend notes what a reply has cost: the end of a step AGENT.turn[i].ask[k].MODEL. An event
// that comes twice counts once.
func (l *Live) spend(e driver.Event) {
	if _, _, ok := stepid.Asked(e.Step); !ok || e.Kind != runtime.Done {
		return
	}
	var reply struct{ Cost cost }
	if json.Unmarshal(e.Result, &reply) == nil && reply.Cost.Tokens > 0 {
		l.spent[e.Step] = reply.Cost
	}
}

// spentText is what the models have cost; empty where none was asked.
func (l *Live) spentText() string {
	var all cost
	for _, c := range l.spent {
		all = cost{all.Tokens + c.Tokens, all.Dollars + c.Dollars}
	}
	if all.Tokens == 0 {
		return ""
	}
	return "  " + CostText(all.Tokens, all.Dollars)
}

// CostText is tokens, and the money where that is known.
func CostText(tokens int, dollars float64) string {
	text := fmt.Sprintf("%d tokens", tokens)
	if dollars > 0 {
		text += ", $" + strings.TrimRight(strings.TrimRight(fmt.Sprintf("%.6f", dollars), "0"), ".")
	}
	return text
}
