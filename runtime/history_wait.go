package runtime

import (
	"time"

	"github.com/wfgen/wfgen/runtime/journal"
)

func (s *session) wait(f *Frame, st *Step, until func() time.Time, inputs []any) error {
	h, err := s.historyOf(f, st, inputs)
	if err != nil {
		return err
	}
	if h.done != nil {
		h.fits()
		return nil
	}
	w := wait{step: h.path, ctx: f.ctx}
	if h.waiting != nil {
		w.until = h.waiting.Until
	} else {
		if !h.session.admit(f.ctx) {
			f.skip(st)
			return f.stoppedStep(st, 0, errStopped)
		}
		w.until = earlier(until(), latest())
		h.record(journal.Record{Kind: journal.Waiting, Data: encodeWait(journal.Wait{Until: w.until})})
		f.emitStep(Scheduled, st, 0, nil)
		f.emitStep(Waiting, st, 0, nil)
	}
	h.session.await(&w)
	if f.ctx.Err() != nil || !h.session.admit(f.ctx) {
		return f.stoppedStep(st, 0, errStopped)
	}
	h.record(journal.Record{Kind: journal.Done})
	f.emitStep(Resumed, st, 0, nil)
	f.emitStep(Done, st, 0, nil)
	return nil
}
