package returns

import (
	"errors"
	"io"
	"net/http"

	"github.com/wfgen/wfgen/runtime"
)

// maxBody is the size of the largest request, in bytes.
const maxBody = 1 << 20

// Handler takes items back over HTTP: the input of TakeBack as JSON in, the refund out.
// A request that is sent again with the same Idempotency-Key gives the same refund.
func Handler(e *runtime.Engine) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		input, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		run, err := e.Submit(r.Context(), "TakeBack", input, runtime.ID(r.Header.Get("Idempotency-Key")))
		switch {
		case isUnavailable(err):
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		case errors.Is(err, runtime.ErrExists): // the key was used for another request
			http.Error(w, err.Error(), http.StatusConflict)
			return
		case err != nil:
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		refund, err := run.ResultJSON(r.Context())
		if err != nil {
			http.Error(w, err.Error(), status(err))
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(refund) // who asked may have gone
	})
}

// status is the HTTP status for a failure.
func status(err error) int {
	switch closed := (AccountClosed{}); {
	case isUnavailable(err):
		return http.StatusServiceUnavailable
	case errors.As(err, &closed):
		return http.StatusConflict
	}
	return http.StatusUnprocessableEntity
}

// isUnavailable tells whether a request that is sent again may succeed: the engine is
// closed, and it goes on in the next process, or the journal can't store for now.
func isUnavailable(err error) bool {
	return errors.Is(err, runtime.ErrClosed) || errors.As(err, new(*runtime.StoreError))
}
