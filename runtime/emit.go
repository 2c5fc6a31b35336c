package runtime

// Emit is the step that sends an event, once.
func Emit[E any](f *Frame, st *Step, topic *Topic[E], event E) error {
	event, err := topic.checked(event)
	var m *mailing
	if err == nil {
		m, err = topic.made(event)
	}
	if err != nil {
		return f.failed(st, 0, err)
	}
	if f.isStubbed() {
		_, err := stubbed(f, &Task[None]{Step: *st}, patience{}, event)
		return err
	}
	return f.exchange().send(f.apart(), st, m, []any{topic.Name, encodable(event)})
}

// Launch is the step that starts another execution, once, and gives its id. input is
// a struct with a field for each parameter, under the parameter's name in JSON. It fails
// where the engine doesn't have the workflow, the input breaks a constraint of its types,
// or another execution has the id.
func (f *Frame) Launch(st *Step, w *Workflow, input any) (string, error) {
	t := &Task[string]{Step: *st}
	if f.isStubbed() {
		return stubbed(f, t, patience{}, input)
	}
	own := f.apart()
	return f.exchange().launch(own, st, w, input, stubFor(own, t))
}
