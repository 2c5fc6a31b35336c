// Package saga books trips: saga.wf says what is booked, and what is taken back where a part
// fails, and this file has the tools. They keep all in memory: put your own systems in their
// place.
package saga

import (
	"context"
	"log/slog"
	"sync"
)

//go:generate go run github.com/wfgen/wfgen/cmd/wfgen compile .

// A Desk books with airlines, hotels and a bank. What it is asked for again under the same
// trip's id is what there is.
type Desk struct {
	mu       sync.Mutex
	flights  map[string]Booking
	hotels   map[string]Booking
	payments map[string]string
}

// NewDesk gives a desk that has booked nothing.
func NewDesk() *Desk {
	return &Desk{flights: map[string]Booking{}, hotels: map[string]Booking{}, payments: map[string]string{}}
}

// BookFlight knows no flights to Atlantis.
func (d *Desk) BookFlight(_ context.Context, trip, from, to string) (Booking, error) {
	if to == "Atlantis" {
		return Booking{}, SoldOut{What: "flights to " + to}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.flights[trip] = Booking{Code: "flight " + from + "-" + to, Price: 180}
	return d.flights[trip], nil
}

// CancelFlight does nothing where nothing is booked.
func (d *Desk) CancelFlight(_ context.Context, trip string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.flights, trip)
	return nil
}

// BookHotel asks for 120 a night.
func (d *Desk) BookHotel(_ context.Context, trip, city string, nights int) (Booking, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.hotels[trip] = Booking{Code: "room in " + city, Price: 120 * float64(nights)}
	return d.hotels[trip], nil
}

// CancelHotel does nothing where nothing is booked.
func (d *Desk) CancelHotel(_ context.Context, trip string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.hotels, trip)
	return nil
}

// Charge takes the money for a trip once.
func (d *Desk) Charge(_ context.Context, trip, guest string, sum float64) (string, error) {
	if sum > 5000 {
		return "", Declined{Reason: "above the card's limit"}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.payments[trip] = "payment of " + guest
	return d.payments[trip], nil
}

// Refund does nothing where nothing is paid.
func (d *Desk) Refund(_ context.Context, trip string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.payments, trip)
	return nil
}

// Send writes to a guest.
func (d *Desk) Send(ctx context.Context, guest, text string) error {
	slog.InfoContext(ctx, text, "to", guest)
	return nil
}
