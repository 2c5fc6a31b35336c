package checker

import (
	"fmt"
	"go/constant"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/types"
)

// timeLit gives a literal of a time its value: its text in UTC, as times are in workflows.
func (c *checker) timeLit(x *dsl.BasicLit) types.Type {
	t, err := time.Parse(time.RFC3339Nano, x.Text)
	why := noTime(x.Text)
	if t = t.UTC(); why == "" && (err != nil || t.Year() < 0 || t.Year() > 9999) {
		why = "its year is beyond 0000 to 9999 in UTC"
	}
	if why != "" {
		c.report(diag.BadConstant, x, "%s is no time: %s", x.Text, why)
		return invalid
	}
	c.info.Consts[x] = constant.MakeString(t.Format(time.RFC3339Nano))
	return basic(types.Time)
}

// noTime says which part of a text of the shape of a time can't be; empty where all can.
func noTime(text string) string {
	part := func(start, end int) int {
		n, _ := strconv.Atoi(text[start:end])
		return n
	}
	year, month, day := part(0, 4), part(5, 7), part(8, 10)
	fraction, zone := strings.TrimPrefix(text[len("2006-01-02T15:04:05"):], "."), ""
	if i := strings.IndexAny(fraction, "Z+-"); i >= 0 {
		fraction, zone = fraction[:i], fraction[i:]
	}
	switch {
	case month < 1 || month > 12:
		return "months go from 01 to 12"
	case day < 1 || day > daysIn(year, month):
		return fmt.Sprintf("%s %04d has the days 01 to %d", time.Month(month), year, daysIn(year, month))
	case part(11, 13) > 23:
		return "hours go from 00 to 23"
	case part(14, 16) > 59 || part(17, 19) > 59:
		return "minutes and seconds go from 00 to 59"
	case len(fraction) > 9:
		return "a second has at most nine decimals"
	case zone != "Z" && (zone[1:3] > "23" || zone[4:6] > "59"):
		return "offsets go from -23:59 to +23:59"
	}
	return ""
}

func daysIn(year, month int) int {
	return time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// dateAlone is a date as the source has it, or as the formatter leaves it: a subtraction.
var dateAlone = regexp.MustCompile(`^(\d{4}) ?- ?(\d{2}) ?- ?(\d{2})$`)

// timeHelp says how to write the time that a text seems to be meant as.
func timeHelp(text string) string {
	if date := dateAlone.FindStringSubmatch(text); date != nil {
		return "a time is more than a date: write " + strings.Join(date[1:], "-") + "T00:00:00Z"
	}
	if inner := strings.Trim(text, `"`); inner != text {
		if _, err := time.Parse(time.RFC3339Nano, inner); err == nil {
			return "a time stands without quotes: " + inner
		}
	}
	return ""
}
