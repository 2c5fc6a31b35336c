package assist

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"sync"
)

// The protocol's SDK ends a session at a line that isn't JSON. A client that writes one has
// the others answered all the same, so such lines are answered here, as JSON-RPC says, and go
// no further.

// maxLine bounds a line, as a request with a source in it.
const maxLine = 16 << 20

// A whole writer lets one line after the other through.
type whole struct {
	io.WriteCloser
	mu sync.Mutex
}

func (w *whole) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.WriteCloser.Write(p)
}

const notJSON = `{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"a line isn't JSON, or is longer than 16 MiB"}}` + "\n"

// sound gives the lines of in that are JSON; the others are answered on out.
func sound(in io.ReadCloser, out io.Writer) io.ReadCloser {
	r, w := io.Pipe()
	go func() {
		lines := bufio.NewReaderSize(in, 64<<10)
		for {
			line, err := readLine(lines)
			switch text := bytes.TrimSpace(line); {
			case len(text) == 0:
			case len(line) > maxLine || !json.Valid(text):
				if _, err := io.WriteString(out, notJSON); err != nil {
					w.CloseWithError(err)
					return
				}
			default:
				if _, err := w.Write(append(text, '\n')); err != nil {
					return // nobody reads any more
				}
			}
			if err != nil {
				w.CloseWithError(err)
				return
			}
		}
	}()
	return closing{r, in}
}

// readLine reads a line; of one that is too long, no more than is needed to see that.
func readLine(r *bufio.Reader) (line []byte, err error) {
	for {
		part, err := r.ReadSlice('\n')
		if len(line) <= maxLine {
			line = append(line, part...)
		}
		if err != bufio.ErrBufferFull {
			return line, err
		}
	}
}

// closing reads from one and closes both.
type closing struct {
	*io.PipeReader
	in io.Closer
}

func (c closing) Close() error {
	_ = c.PipeReader.Close() // it never fails
	return c.in.Close()
}
