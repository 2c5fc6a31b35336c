package driver

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// settle is how long signals count as one: a terminal sends Ctrl-C to the command and to
// this program, and the command passes it on.
const settle = 300 * time.Millisecond

// signals are contexts that signals of the operating system cancel.
type signals struct{ first, further context.Context }

// interruptible gives a context that the first signal cancels, and one that a further one
// does. A plain call's undos are run after the first, a second later signals end the
// process as usual: an undo that hangs can be got out of. A durable workflow's tools come
// to their end after the first, and are cancelled by the second; a second after that
// signals are as usual.
func interruptible(durable bool) (by signals, stop func()) {
	first, cancelFirst := context.WithCancel(context.Background())
	further, cancelFurther := context.WithCancel(context.Background())
	came, over := make(chan os.Signal, 8), make(chan struct{})
	signal.Notify(came, os.Interrupt, syscall.SIGTERM)
	next := func(cancel context.CancelFunc) bool {
		select {
		case <-came:
			cancel()
			return true
		case <-over:
			return false
		}
	}
	go func() {
		defer signal.Stop(came)
		if !next(cancelFirst) {
			return
		}
		if durable {
			time.Sleep(settle)
			for len(came) > 0 {
				<-came
			}
			if !next(cancelFurther) {
				return
			}
		}
		select {
		case <-time.After(time.Second):
		case <-over:
		}
	}()
	return signals{first, further}, func() {
		close(over)
		cancelFirst()
		cancelFurther()
	}
}
