package model

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// This file says what has gone wrong: of a connection, by a status, in the words of a provider.

func (a *asking) failed(class Class, status int, text string) *Error {
	return &Error{Class: class, Host: a.host, Model: a.client.Model, Status: status, Text: text}
}

// broken is the failure of a connection.
func (a *asking) broken(ctx context.Context, silent, err error) error {
	e := a.failed(Outage, 0, "")
	var at *url.Error
	if errors.As(err, &at) { // it has the address
		err = at.Err
	}
	if context.Cause(ctx) == silent {
		err = silent
	}
	e.Err, e.Text = err, a.tell(err.Error())
	var dial *net.OpError
	if errors.As(err, &dial) && dial.Op == "dial" {
		e.Text = "nobody answers there: " + a.tell(dial.Err.Error())
	}
	return e
}

// refused is the failure that an answer tells.
func (a *asking) refused(answer *http.Response, body io.Reader) error {
	data, _ := io.ReadAll(io.LimitReader(body, 64<<10))
	text, code, _ := a.wire.failure(data)
	if text == "" {
		text = string(data)
	}
	e := a.failed(classOf(answer.StatusCode, code), answer.StatusCode, a.tell(text))
	e.RetryAfter = retryAfter(answer.Header, time.Now())
	switch {
	case e.Class == BadKey && a.client.Key == "":
		e.Text = "the provider wants a key, and there is none"
	case e.Class == BadKey: // what it says may have a part of the key in it
		e.Text = "the provider doesn't take the key"
	case answer.StatusCode >= 300 && answer.StatusCode < 400:
		e.Text = "it sends elsewhere, which isn't followed: give the address that it means as the base URL"
	}
	return e
}

// codes are words of providers for a class that the status doesn't tell.
var codes = map[string]Class{
	"context_length_exceeded": TooLong, "string_above_max_length": TooLong,
	"model_not_found": NoModel, "not_found_error": NoModel,
	"invalid_api_key": BadKey, "authentication_error": BadKey, "API_KEY_INVALID": BadKey, "UNAUTHENTICATED": BadKey,
	"permission_error": Denied, "PERMISSION_DENIED": Denied, "insufficient_quota": Denied, "billing_error": Denied,
	"overloaded_error": Outage, "api_error": Outage, "server_error": Outage, "UNAVAILABLE": Outage, "INTERNAL": Outage,
	"rate_limit_error": Limited, "rate_limit_exceeded": Limited, "RESOURCE_EXHAUSTED": Limited,
	"request_too_large": TooLong,
}

// classOf is the class of a failure: by the provider's word for it, else by the status.
func classOf(status int, code string) Class {
	if class, ok := codes[code]; ok {
		return class
	}
	switch {
	case status == http.StatusUnauthorized:
		return BadKey
	case status == http.StatusForbidden || status == http.StatusPaymentRequired:
		return Denied
	case status == http.StatusNotFound:
		return NoModel
	case status == http.StatusTooManyRequests:
		return Limited
	case status == http.StatusRequestEntityTooLarge:
		return TooLong
	case status == http.StatusRequestTimeout || status == http.StatusConflict || status >= 500:
		return Outage
	case status == 0:
		return BadReply
	}
	return BadRequest
}

// maxWait is the longest that a provider can have its callers wait: what it says may be
// anything.
const maxWait = time.Hour

// retryAfter reads the header of that name, which has seconds or a date.
func retryAfter(h http.Header, now time.Time) time.Duration {
	value := h.Get("Retry-After")
	wait := time.Duration(0)
	if seconds, err := strconv.ParseFloat(value, 64); err == nil && seconds >= 0 && seconds <= maxWait.Seconds() {
		wait = time.Duration(seconds * float64(time.Second))
	} else if err == nil && seconds > 0 {
		wait = maxWait
	} else if at, err := http.ParseTime(value); err == nil {
		wait = at.Sub(now)
	}
	return min(max(wait, 0), maxWait)
}

// maxText is how much is told of what a provider says.
const maxText = 500

// tell is what a provider says, on a line, without the key.
func (a *asking) tell(text string) string {
	text = a.client.Key.hide(text)
	text = strings.Join(strings.Fields(strings.ToValidUTF8(text, "\uFFFD")), " ")
	if len(text) > maxText {
		end := maxText
		for !utf8.RuneStart(text[end]) {
			end--
		}
		text = text[:end] + " …"
	}
	return text
}
