package fulfil

import (
	"context"
	"fmt"
	"time"

	"github.com/wfgen/wfgen/runtime"
)

// A started order runs by itself. Its handle says how it stands, pauses and cancels
// it, and gives the result.
func ExampleStartFulfilOrder() {
	execution := StartFulfilOrder(context.Background(), NewShop(), order(), runtime.ID("order-A-1001"))
	receipt, err := execution.Result()
	fmt.Println(execution.ID(), execution.Status(), receipt.Amount, err)
	// Output: order-A-1001 succeeded 45.6 <nil>
}

// The events of a started order are there to range over, the last with its result.
func ExampleStartFulfilOrder_events() {
	execution := StartFulfilOrder(context.Background(), NewShop(), order(), runtime.Streamed())
	for event, err := range execution.Events() {
		switch {
		case event.Kind == runtime.Done && event.Tool == "Charge":
			fmt.Println("charged:", event.Result.(Receipt).Amount)
		case event.Kind == runtime.Ended:
			fmt.Println("ended:", event.Result, err)
		}
	}
	// Output:
	// charged: 45.6
	// ended: {C-A-1001 45.6} <nil>
}

// An interceptor sees every attempt, and may refuse it.
func ExampleFulfilOrder_interceptor() {
	limit := func(ctx context.Context, call runtime.StepCall, next runtime.Next) (any, error) {
		if call.Tool == "Charge" && call.Args[1].(float64) > 40 {
			return nil, fmt.Errorf("a charge of %v needs a signature", call.Args[1])
		}
		return next(ctx)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond) // Charge is tried again
	defer cancel()
	ctx = runtime.WithStepInterceptor(ctx, limit)
	_, err := FulfilOrder(ctx, NewShop(), order())
	fmt.Println(err)
	// Output: fulfil.wf:50:13: FulfilOrder: receipt: context deadline exceeded: a charge of 45.6 needs a signature
}

// The package's workflows can be listed and started by name, with input from outside.
func ExampleWorkflows() {
	registry := Workflows(NewShop())
	for _, w := range registry.Workflows() {
		fmt.Printf("%s, version %d: %s\n", w.Name(), w.Version, w.Doc)
	}
	input := `{"order": {"id": "A-7", "customer": {"email": "ada@example.com", "tier": "gold"},
		"items": [{"sku": "cord", "qty": "two"}], "total": 20, "expres": true}}`
	_, err := registry.Start(context.Background(), "FulfilOrder", []byte(input))
	fmt.Println(err)
	// Output:
	// FulfilOrder, version 1: FulfilOrder takes a paid order to the door.
	// order.items[0].qty: expected a whole number, found "two"
	// order.expres: unknown field (did you mean express?)
}
