package diag

// A style holds the ANSI sequences that begin the parts of a rendered
// diagnostic; empty ones leave a part as it is.
type style struct {
	place, error, warning, note, help, gutter string
}

var plain = style{}

var colored = style{
	place:   "\x1b[1m",
	error:   "\x1b[1;31m",
	warning: "\x1b[1;33m",
	note:    "\x1b[1;36m",
	help:    "\x1b[1;32m",
	gutter:  "\x1b[34m",
}

func paintWith(sequence, text string) string {
	if sequence == "" {
		return text
	}
	return sequence + text + "\x1b[0m"
}
