// Package catalog knows what the shop sells. It was there before the workflows, and has
// nothing of wfgen in it.
package catalog

import (
	"context"
	"fmt"
)

// A Product is something the shop sells.
type Product struct {
	SKU   string  `json:"sku"`
	Price float64 `json:"price"`
	// Days is for how long it can be returned.
	Days int `json:"days"`
}

var products = map[string]Product{
	"lamp": {"lamp", 24.5, 30},
	"cord": {"cord", 4, 14},
}

// Find looks a product up.
func Find(_ context.Context, sku string) (Product, error) {
	p, ok := products[sku]
	if !ok {
		return Product{}, fmt.Errorf("there is no product %q", sku)
	}
	return p, nil
}
