package main

type helpCmd struct {
	Verb []string `arg:"" optional:"" name:"verb" help:"The verb to explain."`
}

// Run prints what -help would.
func (c *helpCmd) Run(s *streams) error { return dispatch(s, append(c.Verb, "-help")) }
