package model

import (
	"bufio"
	"bytes"
	"io"
)

// events reads server-sent events (the HTML standard, 9.2.6), and gives read the data of
// each, until the stream ends, or has [DONE], or read fails. Names of events and ids are
// passed over: all three wires say in the data what it is.
func events(r io.Reader, read func(data []byte) error) error {
	lines := bufio.NewReader(r)
	var data []byte
	has := false
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil && err != io.EOF {
			return err
		}
		end := err == io.EOF // a line that is cut off counts for nothing
		line = bytes.TrimRight(line, "\r\n")
		switch field, value, _ := bytes.Cut(line, []byte(":")); {
		case end:
			return nil
		case len(line) == 0 && has:
			if string(data) == "[DONE]" {
				return nil
			}
			if err := read(data); err != nil {
				return err
			}
			data, has = nil, false
		case string(field) == "data":
			value = bytes.TrimPrefix(value, []byte(" "))
			if has {
				data = append(data, '\n')
			}
			data, has = append(data, value...), true
		}
	}
}
