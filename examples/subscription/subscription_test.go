package subscription

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/sqlite"
)

// order is of a subscription whose days take milliseconds.
func order() Order {
	return Order{Customer: "ada", Discount: 0.5, Plan: Plan{Price: 20, Months: 3, Month: 5 * time.Millisecond, Patience: 40 * time.Millisecond}}
}

// TestKilled has the program killed again and again: when it is asked for an approval,
// and then each time that it has done two things. The customer notices nothing.
func TestKilled(t *testing.T) {
	dir := t.TempDir()
	killed := 0
	for ; killed < 30; killed++ {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), "SUBSCRIPTIONS="+dir, fmt.Sprint("LIFE=", killed))
		var out, problems bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &problems
		err := cmd.Run()
		if err == nil {
			var got Ledger
			if err := json.Unmarshal(out.Bytes(), &got); err != nil {
				t.Fatalf("%v: %s", err, &out)
			}
			if diff := cmp.Diff(Ledger{Months: 3, Paid: 30}, got); diff != "" {
				t.Error(diff)
			}
			break
		}
		if problems.Len() > 0 {
			t.Fatal(&problems)
		}
	}
	if killed < 4 || killed == 30 {
		t.Errorf("it was killed %d times", killed)
	}
	book, err := os.ReadFile(filepath.Join(dir, "book"))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for line := range strings.Lines(string(book)) {
		_, text, _ := strings.Cut(line, "\t")
		got = append(got, text)
	}
	want := strings.SplitAfter(`account A-ada is open
bill A-ada-1 of 10.00
mail to ada: Reminder 1: bill A-ada-1, 10.00
mail to ada: Reminder 2: bill A-ada-1, 10.00
mail to ada: Welcome!
bill A-ada-2 of 10.00
bill A-ada-3 of 10.00
account A-ada is closed
`, "\n")
	if diff := cmp.Diff(want[:len(want)-1], got); diff != "" {
		t.Error(diff)
	}
}

// The test binary is also the program that is killed.
func TestMain(m *testing.M) {
	dir := os.Getenv("SUBSCRIPTIONS")
	if dir == "" {
		os.Exit(m.Run())
	}
	if err := program(context.Background(), dir, os.Getenv("LIFE") == "0"); err != nil {
		log.Fatal(err)
	}
}

// program runs the subscription, or has it go on, and prints its ledger.
func program(ctx context.Context, dir string, first bool) error {
	office, err := OpenOffice(filepath.Join(dir, "book"))
	if err != nil {
		return err
	}
	j, err := sqlite.Open(filepath.Join(dir, "subscriptions.db"))
	if err != nil {
		return err
	}
	defer j.Close()
	town := &town{Office: office, open: make(chan struct{})}
	e, err := runtime.Open(ctx, j, Workflows(town))
	if err != nil {
		return err
	}
	defer e.Close()
	town.engine = e
	close(town.open)
	go approve(ctx, e, first)
	run, err := SubmitSubscribe(ctx, e, order(), runtime.ID("ada"))
	if err != nil {
		return err
	}
	ledger, err := run.Result(ctx)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(ledger)
}

// A town is an office whose customer pays: the first bill when reminded of it twice, the
// others at once. It is killed when two things have been done in it.
type town struct {
	*Office
	open   chan struct{} // closed when there is an engine
	engine *runtime.Engine
	done   atomic.Int32
}

func (t *town) OpenAccount(ctx context.Context, customer string) (string, error) {
	account, err := t.Office.OpenAccount(ctx, customer)
	return account, t.did(err)
}

func (t *town) SendBill(ctx context.Context, account string, month int, amount float64) (Bill, error) {
	bill, err := t.Office.SendBill(ctx, account, month, amount)
	if err == nil && month > 1 {
		err = t.pay(ctx, bill)
	}
	return bill, t.did(err)
}

func (t *town) Mail(ctx context.Context, customer, text string) error {
	err := t.Office.Mail(ctx, customer, text)
	if err == nil && strings.HasPrefix(text, "Reminder 2") {
		err = t.pay(ctx, Bill{Number: "A-ada-1", Amount: 10})
	}
	return t.did(err)
}

// pay sends the event once, however often it is called.
func (t *town) pay(ctx context.Context, bill Bill) error {
	<-t.open
	return SendPaid(ctx, t.engine, Paid{Bill: bill.Number, Amount: bill.Amount}, runtime.MessageID("paid "+bill.Number))
}

func (t *town) did(err error) error {
	if t.done.Add(1) == 2 {
		die()
	}
	return err
}

// approve says yes to what is asked; the first program is killed instead.
func approve(ctx context.Context, e *runtime.Engine, first bool) {
	for ; ; time.Sleep(time.Millisecond) {
		asked, _ := e.Awaits(ctx, "ada")
		for _, a := range asked {
			switch {
			case a.Text == "":
			case first:
				die()
			default:
				_ = e.Answer(ctx, a.Execution, a.Step, runtime.Answer{By: "bob", As: []string{"sales"}})
			}
		}
	}
}

// die kills the process as kill -9 does.
func die() {
	self, err := os.FindProcess(os.Getpid())
	if err == nil {
		err = self.Kill()
	}
	if err != nil {
		log.Fatal(err)
	}
	select {}
}
