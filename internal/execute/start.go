package execute

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"github.com/wfgen/wfgen/runtime/driver"
	"github.com/wfgen/wfgen/runtime/foreign"
)

// start starts the program, whose request is written into dir, passes on what it says,
// and gives how it ended. j is what it is run on, if it is durable.
func start(binary, dir string, j Journal, o Options) (Outcome, error) {
	var none Outcome
	cmd := exec.Command(binary)
	r := request(o)
	alive, err := newTether(cmd)
	if err != nil {
		return none, err
	}
	defer alive.close()
	r.Alive = alive.number
	var lent *lent
	if j.Journal != nil {
		if lent, err = lend(j, cmd); err != nil {
			return none, err
		}
		defer lent.close()
		r.Durable.Pipes, r.Durable.Socket = lent.numbers, j.Socket
	}
	path, err := writeRequest(dir, r)
	if err != nil {
		return none, err
	}
	cmd.Env = append(os.Environ(), driver.RequestVar+"="+path)
	if o.Stdin != nil {
		cmd.Stdin = o.Stdin
	}
	cmd.Stderr = o.Stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return none, err
	}
	if err := cmd.Start(); err != nil {
		return none, err
	}
	alive.started()
	lent.serve()
	release := passSignals(cmd.Process)
	defer release()
	l := &listener{o: o}
	err = l.listen(stdout)
	if err != nil {
		// Nobody hears the program any more; it may still end as it should.
		_ = cmd.Process.Signal(os.Interrupt)
		_, _ = io.Copy(io.Discard, stdout)
	}
	ended := cmd.Wait()
	if err != nil {
		return none, err
	}
	return l.end(ended)
}

// passSignals sends the signals of this process to the program, so that it ends
// its workflow in good order and this process reports it.
func passSignals(p *os.Process) (release func()) {
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		for s := range signals {
			_ = p.Signal(s) // the program may just have ended
		}
	}()
	return func() {
		signal.Stop(signals)
		close(signals)
	}
}

// A listener hears the program's messages.
type listener struct {
	o    Options
	last driver.Message // the result or failure
}

// listen reads the program's standard output. What isn't a message goes to
// Stderr: something that a tool has printed.
func (l *listener) listen(r io.Reader) error {
	in := bufio.NewReader(r)
	for {
		line, err := in.ReadBytes('\n')
		text, message, found := bytes.Cut(line, []byte{driver.Mark})
		if len(text) > 0 {
			if _, err := l.o.Stderr.Write(text); err != nil {
				return err
			}
		}
		if found {
			if err := l.hear(message); err != nil {
				return err
			}
		}
		if err != nil {
			if err == io.EOF {
				return nil
			}
			return fmt.Errorf("read from the workflow: %w", err)
		}
	}
}

func (l *listener) hear(text []byte) error {
	var m driver.Message
	if err := json.Unmarshal(text, &m); err != nil {
		return fmt.Errorf("read from the workflow: %w", err)
	}
	if m.Event == nil && m.Live == nil {
		l.last = m
		return nil
	}
	if l.o.Events != nil && m.Event != nil {
		if _, err := l.o.Events.Write(foreign.JSON(append(m.Event, '\n'))); err != nil {
			return err
		}
	}
	live, recorded := m.Live, m.Event
	if l.o.Journal == nil {
		live, recorded = m.Event, nil
	}
	return errors.Join(pass(live, l.o.Observe), pass(recorded, l.o.Recorded))
}

// pass calls to with an event, where there are both.
func pass(text json.RawMessage, to func(driver.Event)) error {
	if text == nil || to == nil {
		return nil
	}
	var e driver.Event
	if err := json.Unmarshal(text, &e); err != nil {
		return fmt.Errorf("read from the workflow: %w", err)
	}
	to(e)
	return nil
}

// end gives the outcome; err is how the process ended.
func (l *listener) end(err error) (Outcome, error) {
	exit := new(exec.ExitError)
	switch {
	case l.last.Done || l.last.Failure != "" || l.last.Suspended != "":
		return outcome(l.last), nil
	case err == nil || errors.As(err, &exit):
		text := "the workflow's process ended before the workflow did"
		if err != nil {
			text += ": " + exit.Error()
		}
		return Outcome{Failure: text, Code: 1}, nil
	}
	return Outcome{}, err
}
