// Package fulfil is an order's way from the shop to the door: fulfil.wf says what
// happens, and this file has the tools that it calls, here over a small shop in
// memory.
package fulfil

import (
	"context"
	"fmt"
	"strings"
	"sync"
)

//go:generate go run github.com/wfgen/wfgen/cmd/wfgen compile .

// A Shop is a warehouse, a till and a carrier. It is safe for concurrent use.
type Shop struct {
	mu       sync.Mutex
	prices   map[string]float64
	stock    map[string]int
	reserved map[string][]Item
	charged  map[string]Receipt
	outbox   []string
}

// NewShop gives a shop with a few things in stock.
func NewShop() *Shop {
	return &Shop{
		prices:   map[string]float64{"lamp": 39, "bulb": 4.5, "cord": 7},
		stock:    map[string]int{"lamp": 10, "bulb": 100, "cord": 3},
		reserved: map[string][]Item{},
		charged:  map[string]Receipt{},
	}
}

// CheckFraud takes orders from throwaway addresses for fraud.
func (s *Shop) CheckFraud(_ context.Context, order Order) (Fraud, error) {
	if strings.HasSuffix(order.Customer.Email, "@mailinator.com") {
		return Fraud{Score: 0.97}, nil
	}
	return Fraud{Score: 0.02}, nil
}

// Quote adds up today's prices.
func (s *Shop) Quote(_ context.Context, items []Item) (float64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var sum float64
	for _, item := range items {
		price, ok := s.prices[item.Sku]
		if !ok {
			return 0, fmt.Errorf("no price for %q", item.Sku)
		}
		sum += price * float64(item.Qty)
	}
	return sum, nil
}

// Reserve takes the items from the stock, all or none.
func (s *Shop) Reserve(_ context.Context, items []Item) (Reservation, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, item := range items {
		if s.stock[item.Sku] < item.Qty {
			return Reservation{}, fmt.Errorf("only %d of %q in stock", s.stock[item.Sku], item.Sku)
		}
	}
	for _, item := range items {
		s.stock[item.Sku] -= item.Qty
	}
	r := Reservation{ID: fmt.Sprintf("R-%d", len(s.reserved)+1)}
	s.reserved[r.ID] = items
	return r, nil
}

// Release puts reserved items back.
func (s *Shop) Release(_ context.Context, r Reservation) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, item := range s.reserved[r.ID] {
		s.stock[item.Sku] += item.Qty
	}
	delete(s.reserved, r.ID)
	return nil
}

// Charge takes the money, once for an order.
func (s *Shop) Charge(_ context.Context, order Order, amount float64) (Receipt, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r, ok := s.charged[order.ID]; ok {
		return r, nil
	}
	if amount > 10_000 {
		return Receipt{}, fmt.Errorf("card declined: %.2f is above the limit", amount)
	}
	r := Receipt{ID: "C-" + order.ID, Amount: amount}
	s.charged[order.ID] = r
	return r, nil
}

// Refund gives the money back.
func (s *Shop) Refund(_ context.Context, r Receipt) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.charged, strings.TrimPrefix(r.ID, "C-"))
	return nil
}

// Ship gives a parcel's number.
func (s *Shop) Ship(_ context.Context, item Item, r Reservation) (string, error) {
	return r.ID + "-" + item.Sku, nil
}

// Notify puts a mail in the outbox.
func (s *Shop) Notify(_ context.Context, email, text string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.outbox = append(s.outbox, email+": "+text)
	return nil
}
