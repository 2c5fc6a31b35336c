package interp

import (
	"reflect"

	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/runtime"
)

// guardIn describes what stands before all calls of a tool.
func (p *Program) guardIn(t *plan.Tool) *runtime.Guarded {
	g := &runtime.Guarded{
		AtOnce: quota(t.Guard.AtOnce), Rate: quota(t.Guard.Rate), Cache: t.Guard.Cache, Decode: p.decoder(t.Result),
	}
	if b := t.Guard.Breaker; b != nil {
		g.Breaker = runtime.Breaker(*b)
	}
	return g
}

// guardOf is what stands before the call of a tool with arguments. Of a union's members the
// runtime sees no names.
func (p *Program) guardOf(t *plan.Tool, args []reflect.Value) *runtime.Guarded {
	members := ""
	for _, v := range args {
		if v.Type() == variantType {
			members += variantOf(v).Member() + "\n"
		}
	}
	if members == "" {
		return p.guards[t]
	}
	return p.guards[t].Apart(members)
}

func quota(l *plan.Limit) runtime.Quota {
	if l == nil {
		return runtime.Quota{}
	}
	return runtime.Quota{N: l.N, Per: l.Per, By: l.By + 1}
}

// atOnce is how many executions of a workflow go on at once; nil where any number may.
func atOnce(w *plan.Workflow) *runtime.AtOnce {
	if w.AtOnce == nil {
		return nil
	}
	limit := &runtime.AtOnce{N: w.AtOnce.N, Full: map[string]runtime.Full{"refuse": runtime.Refuses, "replace": runtime.Replaces}[w.AtOnce.Full]}
	if by := w.AtOnce.By; by >= 0 {
		limit.By = w.Params[by].Name
	}
	return limit
}
