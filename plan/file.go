package plan

// A File is one that a backend makes of a plan.
type File struct {
	Name    string // without a directory
	Content []byte
}
