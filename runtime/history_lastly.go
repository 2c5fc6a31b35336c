package runtime

import (
	"context"
	"strings"

	"github.com/wfgen/wfgen/runtime/journal"
	"github.com/wfgen/wfgen/runtime/stepid"
)

// failureMark, after the id of the block that a workflow runs last, records that this has
// begun, and what the workflow has failed with: an execution that was stopped may be stopped
// at another step when it is gone through again.
const failureMark = ".@failure"

func (s *session) lastly(f *Frame, err error) (context.Context, error) {
	ctx := &detached{context.WithoutCancel(f.ctx), s.life}
	key := f.path(lastID + failureMark)
	records := append(s.recall(key), s.take(key)...)
	if len(records) == 0 {
		r := journal.Record{Kind: journal.Done, Step: key}
		if err != nil {
			r.Data = encodeError(err, Declared(err))
		}
		s.append(r)
		records = append(records, r)
	}
	if data := records[len(records)-1].Data; err != nil && len(data) > 0 && isStopped(err) {
		err = decodeError(data)
	}
	return ctx, err
}

// ranLast are the blocks that workflows have run last which are gone through once more, that
// of the whole execution is of "". They are run again.
func (s *session) ranLast(entered map[string]bool) (blocks []string) {
	for step := range s.earlier {
		block, is := strings.CutSuffix(step, failureMark)
		if !is {
			continue
		}
		around := ""
		for outer := range stepid.Around(block) {
			around = stepid.WithoutAttempt(outer)
		}
		if entered[around] {
			blocks = append(blocks, block)
		}
	}
	return blocks
}
