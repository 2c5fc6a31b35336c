package returns

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"

	"github.com/wfgen/wfgen/runtime"
)

// maxBody is the size of the largest request, in bytes.
const maxBody = 1 << 20

// Handler takes items back over HTTP: the input of TakeBack as JSON in, the refund out.
func Handler(tools Tools) http.Handler {
	workflows := Workflows(tools)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		input, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		execution, err := workflows.Start(r.Context(), "TakeBack", input)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		refund, err := execution.Result()
		if err != nil {
			http.Error(w, err.Error(), status(err))
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(refund) // who asked has gone
	})
}

// status is the HTTP status for a failure.
func status(err error) int {
	switch closed := (AccountClosed{}); {
	case runtime.InvalidInput(err) != nil:
		return http.StatusBadRequest
	case errors.As(err, &closed):
		return http.StatusConflict
	}
	return http.StatusUnprocessableEntity
}
