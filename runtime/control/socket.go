package control

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"sync"
	"time"

	"github.com/wfgen/wfgen/runtime"
)

// maxRequest bounds a request, in bytes: what an event may have, and room around it.
const maxRequest = 32 << 20

// patience is how long a peer may take to say what it has to say.
const patience = 10 * time.Second

// A Server serves an engine until Close.
type Server struct {
	listener *net.UnixListener
	socket   string
	engine   *runtime.Engine
	ctx      context.Context
	cancel   context.CancelFunc
	serving  sync.WaitGroup
}

// Serve serves an engine on a socket, in the place of one that a process has left
// there. Whoever calls it owns the journal of the engine.
func Serve(e *runtime.Engine, socket string) (*Server, error) {
	if info, err := os.Lstat(socket); err == nil && info.Mode()&fs.ModeSocket != 0 {
		_ = os.Remove(socket) // listening tells what is wrong
	}
	path, done, err := reachable(socket)
	if err != nil {
		return nil, err
	}
	defer done()
	listener, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		return nil, err
	}
	listener.SetUnlinkOnClose(false) // the path that it knows may be none any more
	if err := os.Chmod(socket, 0o600); err != nil {
		return nil, errors.Join(err, listener.Close(), os.Remove(socket))
	}
	s := &Server{listener: listener, socket: socket, engine: e}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	s.serving.Go(s.accept)
	return s, nil
}

// Close ends it, and waits for the requests that are being done.
func (s *Server) Close() error {
	err := s.listener.Close()
	if gone := os.Remove(s.socket); !errors.Is(gone, fs.ErrNotExist) {
		err = errors.Join(err, gone)
	}
	s.cancel()
	s.serving.Wait()
	return err
}

func (s *Server) accept() {
	for {
		c, err := s.listener.Accept()
		if err != nil {
			return
		}
		s.serving.Go(func() { s.serve(c) })
	}
}

// serve does what a connection asks for. It says what is wrong to the one who asks; who
// is gone isn't told.
func (s *Server) serve(c net.Conn) {
	defer c.Close()
	stop := context.AfterFunc(s.ctx, func() { _ = c.SetReadDeadline(time.Now()) })
	defer stop()
	_ = c.SetReadDeadline(time.Now().Add(patience))
	var r Request
	var answer reply
	err := json.NewDecoder(io.LimitReader(c, maxRequest)).Decode(&r)
	switch {
	case err != nil:
	case r.Verb == running:
		answer.Running = s.engine.RunningSteps()
	default:
		answer.ID, err = Do(context.WithoutCancel(s.ctx), s.engine, r)
	}
	answer.fail(err)
	_ = c.SetWriteDeadline(time.Now().Add(patience))
	_ = json.NewEncoder(c).Encode(answer)
}

// RunningSteps asks the engine that is served on a socket at which steps it calls tools
// now. It is ErrUnreachable where nobody serves there.
func RunningSteps(ctx context.Context, socket string) ([]runtime.RunningStep, error) {
	answer, err := ask(ctx, socket, Request{Verb: running})
	return answer.Running, err
}

// Call asks the engine that is served on a socket. What that gives is as of Do: an error
// has its text, and is what the engine's was to errors.Is and errors.As, as far as it is
// one that an engine names. It is ErrUnreachable where nobody serves there.
func Call(ctx context.Context, socket string, r Request) (id string, err error) {
	answer, err := ask(ctx, socket, r)
	if err != nil {
		return "", err
	}
	return answer.ID, nil
}

func ask(ctx context.Context, socket string, r Request) (answer reply, err error) {
	path, done, err := reachable(socket)
	if err != nil {
		return answer, fmt.Errorf("%w: %w", ErrUnreachable, err)
	}
	c, err := new(net.Dialer).DialContext(ctx, "unix", path)
	done()
	if err != nil {
		return answer, fmt.Errorf("%w: %w", ErrUnreachable, err)
	}
	defer c.Close()
	defer context.AfterFunc(ctx, func() { _ = c.SetDeadline(time.Now()) })()
	if err := json.NewEncoder(c).Encode(r); err != nil {
		return answer, fmt.Errorf("ask the journal's owner: %w", err)
	}
	if err := json.NewDecoder(c).Decode(&answer); err != nil {
		return answer, fmt.Errorf("hear from the journal's owner: %w", err)
	}
	return answer, answer.err()
}
