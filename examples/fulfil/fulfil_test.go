package fulfil

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wfgen/wfgen/runtime"
)

func order() Order {
	return Order{
		ID:       "A-1001",
		Customer: Customer{Email: "ada@example.com", Tier: TierPlatinum},
		Items:    []Item{{Sku: "lamp", Qty: 1}, {Sku: "bulb", Qty: 4}},
		Total:    60,
	}
}

func TestFulfilOrder(t *testing.T) {
	shop := NewShop()
	receipt, err := FulfilOrder(context.Background(), shop, order())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Receipt{ID: "C-A-1001", Amount: 45.6}, receipt); diff != "" {
		t.Error(diff)
	}
	want := []string{"ada@example.com: Order A-1001 is on its way in 2 parcels:\nR-1-lamp, R-1-bulb."}
	if diff := cmp.Diff(want, shop.outbox); diff != "" {
		t.Error(diff)
	}
	if shop.stock["bulb"] != 96 {
		t.Errorf("%d bulbs are left, want 96", shop.stock["bulb"])
	}
}

// brokenTill fails to charge, for good.
type brokenTill struct{ *Shop }

var errTill = errors.New("the till is broken")

func (brokenTill) Charge(context.Context, Order, float64) (Receipt, error) {
	return Receipt{}, errTill
}

func TestFailedChargeReleases(t *testing.T) {
	shop := brokenTill{NewShop()}
	ctx, cancel := context.WithCancel(context.Background())
	observed := runtime.WithObserver(ctx, cancelOnRetry(cancel))
	_, err := FulfilOrder(observed, shop, order())
	if !errors.Is(err, errTill) {
		t.Fatalf("failed with %v, want the till's error", err)
	}
	if shop.stock["lamp"] != 10 {
		t.Errorf("%d lamps in stock, want all 10 back", shop.stock["lamp"])
	}
}

// cancelOnRetry ends the execution where it would pause before a further attempt.
type cancelOnRetry context.CancelFunc

func (c cancelOnRetry) Observe(e runtime.Event) {
	if e.Kind == runtime.Retrying {
		c()
	}
}

func TestRefusals(t *testing.T) {
	tests := []struct {
		name string
		edit func(*Order)
		want string
	}{
		{"no items", func(o *Order) { o.Items = nil }, "order A-1001 has no items"},
		{"fraud", func(o *Order) { o.Customer.Email = "x@mailinator.com" }, "order A-1001 looks fraudulent"},
		{"too cheap", func(o *Order) { o.Total = 10 }, "order A-1001 is priced too low"},
		{"constraint", func(o *Order) { o.Items[1].Qty = 0 }, "order.items[1].qty: must satisfy qty > 0, is 0"},
		{"enum", func(o *Order) { o.Customer.Tier = "silver" }, `order.customer.tier: must be one of basic, gold, platinum, is "silver"`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			o := order()
			test.edit(&o)
			shop := NewShop()
			_, err := FulfilOrder(context.Background(), shop, o)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("failed with %v, want %q", err, test.want)
			}
			if len(shop.charged) > 0 {
				t.Error("the card was charged")
			}
		})
	}
}
