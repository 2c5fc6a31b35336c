package returns

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/journal"
	"github.com/wfgen/wfgen/runtime/memory"
)

func TestTakeBack(t *testing.T) {
	desk := NewDesk()
	refund, err := TakeBack(context.Background(), desk, Item{Order: "A-1", Sku: "lamp", Qty: 2, Reason: ReasonUnwanted})
	if err != nil {
		t.Fatal(err)
	}
	if want := (Refund{ID: "R-1", Amount: 47}); refund != want {
		t.Errorf("got %v, want %v", refund, want)
	}
	if !desk.labels["L-A-1"] {
		t.Error("the label isn't valid")
	}
}

// Where the refund can't be paid, the label is void.
func TestTakeBackUndoes(t *testing.T) {
	desk := NewDesk()
	_, err := TakeBack(context.Background(), desk, Item{Order: "C-3", Sku: "cord", Qty: 1, Reason: ReasonBroken})
	if closed := (AccountClosed{}); !errors.As(err, &closed) || closed.Order != "C-3" {
		t.Errorf("got %v, want AccountClosed", err)
	}
	if len(desk.labels) > 0 || len(desk.paid) > 0 {
		t.Errorf("%v and %v are left", desk.labels, desk.paid)
	}
}

// lost is a desk whose payments arrive although the answer gets lost.
type lost struct {
	*Desk
	attempts int
}

func (l *lost) Pay(ctx context.Context, order string, amount float64) (string, error) {
	id, err := l.Desk.Pay(ctx, order, amount)
	if l.attempts++; l.attempts < 3 {
		return "", errors.New("connection reset")
	}
	return id, err
}

// A payment that is tried again isn't paid again.
func TestTakeBackPaysOnce(t *testing.T) {
	desk := &lost{Desk: NewDesk()}
	refund, err := TakeBack(context.Background(), desk, Item{Order: "A-2", Sku: "cord", Qty: 1, Reason: ReasonBroken})
	if err != nil || refund.ID != "R-1" {
		t.Errorf("got %v, %v", refund, err)
	}
	if desk.attempts != 3 || len(desk.paid) != 1 {
		t.Errorf("%d attempts paid %v", desk.attempts, desk.paid)
	}
}

func TestHandler(t *testing.T) {
	tests := []struct {
		name, body string
		status     int
		want       string
	}{
		{"paid", `{"item": {"order": "A-1", "sku": "lamp"}}`, http.StatusOK, `{"id":"R-1","amount":22.5}`},
		{"too late", `{"item": {"order": "B-2", "sku": "lamp"}}`, http.StatusUnprocessableEntity, "lamp can be returned for 30 days, 90 have passed"},
		{"closed", `{"item": {"order": "C-3", "sku": "lamp"}}`, http.StatusConflict, "AccountClosed"},
		{"no such product", `{"item": {"order": "A-1", "sku": "sofa"}}`, http.StatusUnprocessableEntity, `there is no product "sofa"`},
		{"wrong type", `{"item": {"order": "A-1", "sku": "lamp", "qty": "one"}}`, http.StatusBadRequest, `item.qty: expected a whole number, found "one"`},
		{"constraint", `{"item": {"order": "", "sku": "lamp"}}`, http.StatusBadRequest, "item.order: must satisfy len(order) > 0"},
		{"too large", strings.Repeat(" ", maxBody+1), http.StatusBadRequest, "too large"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := httptest.NewRecorder()
			Handler(engine(t, NewDesk())).ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/returns", strings.NewReader(test.body)))
			if w.Code != test.status || !strings.Contains(w.Body.String(), test.want) {
				t.Errorf("got %d, %s, want %d, %s", w.Code, w.Body, test.status, test.want)
			}
		})
	}
}

// engine opens an engine whose journal lasts as long as the test.
func engine(t *testing.T, tools Tools) *runtime.Engine {
	t.Helper()
	e, err := runtime.Open(t.Context(), memory.New(), Workflows(tools))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	return e
}

// full is a journal on a full disk: it can store the first few changes.
type full struct {
	*memory.Journal
	room atomic.Int64
}

func (j *full) Update(ctx context.Context, do func(journal.Tx) error) error {
	if j.room.Add(-1) < 0 {
		return errors.New("the disk is full")
	}
	return j.Journal.Update(ctx, do)
}

// Where the journal can't store, who asked is told to ask again, whether the request has
// been stored or not.
func TestHandlerDiskFull(t *testing.T) {
	for room := range int64(2) {
		j := &full{Journal: memory.New()}
		j.room.Store(10) // for the engine
		e, err := runtime.Open(t.Context(), j, Workflows(NewDesk()))
		if err != nil {
			t.Fatal(err)
		}
		j.room.Store(room)
		w := httptest.NewRecorder()
		Handler(e).ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/returns", strings.NewReader(`{"item": {"order": "A-1", "sku": "lamp"}}`)))
		if w.Code != http.StatusServiceUnavailable {
			t.Errorf("after %d changes: got %d, %s", room, w.Code, w.Body)
		}
		_ = e.Close()
	}
}

// slow is a desk that writes to a customer until it is let go.
type slow struct {
	*Desk
	writes, end chan struct{}
	wrote       int
}

func (s *slow) Tell(ctx context.Context, _, _ string) error {
	s.wrote++
	s.writes <- struct{}{}
	select {
	case <-s.end:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// A deploy lets the letter be written to its end, which isn't written twice; who asked
// asks again, and gets the refund of the next process.
func TestHandlerDrains(t *testing.T) {
	desk, j := &slow{Desk: NewDesk(), writes: make(chan struct{}, 1), end: make(chan struct{})}, memory.New()
	ask := func(e *runtime.Engine) *httptest.ResponseRecorder {
		w, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, "/returns", strings.NewReader(`{"item": {"order": "A-1", "sku": "lamp"}}`))
		r.Header.Set("Idempotency-Key", "a")
		Handler(e).ServeHTTP(w, r)
		return w
	}
	e, err := runtime.Open(t.Context(), j, Workflows(desk))
	if err != nil {
		t.Fatal(err)
	}
	asked := make(chan *httptest.ResponseRecorder)
	go func() { asked <- ask(e) }()
	<-desk.writes
	drained := make(chan error)
	go func() { drained <- e.Drain(t.Context()) }()
	close(desk.end)
	if err := <-drained; err != nil {
		t.Fatal(err)
	}
	if w := <-asked; w.Code != http.StatusServiceUnavailable && w.Code != http.StatusOK { // it may have ended before the drain began
		t.Errorf("got %d, %s", w.Code, w.Body)
	}
	e, err = runtime.Open(t.Context(), j, Workflows(desk))
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	if w := ask(e); w.Code != http.StatusOK || w.Body.String() != `{"id":"R-1","amount":22.5}` || desk.wrote != 1 {
		t.Errorf("got %d, %s, after %d letters", w.Code, w.Body, desk.wrote)
	}
}

func TestLog(t *testing.T) {
	var text bytes.Buffer
	ctx := runtime.WithObserver(context.Background(), Log{slog.New(slog.NewTextHandler(&text, nil))})
	_, err := TakeBack(ctx, NewDesk(), Item{Order: "C-3", Sku: "lamp", Qty: 1, Reason: ReasonBroken})
	if err == nil {
		t.Fatal("it was paid")
	}
	for _, want := range []string{"msg=done .* step=label", "level=WARN msg=failed .* step=refund at=returns.wf:", "msg=undone .* step=label.undo", "msg=ended"} {
		if !regexp.MustCompile(want).MatchString(text.String()) {
			t.Errorf("the log has no %s:\n%s", want, &text)
		}
	}
}
