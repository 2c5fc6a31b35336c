#!/usr/bin/env bash
# What the action does. Each check that is wanted is run, also after one that has failed, and
# what is wrong is shown at its place in a pull request. Inputs come in the environment, so
# that none is ever read as a command; it does with the bash 3.2 of macOS.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
directory=${WFGEN_DIRECTORY:-.}
read -r -d '' -a packages <<<"${WFGEN_PACKAGES:-./...}" || true # it meets no end but the text's
cd "$directory"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
: >"$work/printed"

# quiet prints a file of which no line is a command to the runner: what is in it comes from
# the source that is checked.
quiet() {
	local token="wfgen-$RANDOM$RANDOM$RANDOM"
	echo "::stop-commands::$token"
	cat "$1"
	echo "::$token::"
}

# The wfgen that go.mod names makes what is generated the same for everybody. Where none is
# named, it is the one that this action is a part of; one that is named but can't be had isn't
# replaced by another.
if go tool -n github.com/wfgen/wfgen/cmd/wfgen >"$work/tool" 2>&1; then
	wfgen=(go tool github.com/wfgen/wfgen/cmd/wfgen)
elif grep -q '^go: no such tool ' "$work/tool"; then
	wfgen=("${RUNNER_TEMP:-$work}/wfgen$(go env GOEXE)")
	(cd "$here/.." && go build -o "${wfgen[0]}" ./cmd/wfgen)
else
	quiet "$work/tool"
	echo "::error::go tool can't find out which wfgen go.mod names: what it says stands above"
	exit 1
fi

# check ARGUMENT… runs wfgen, shows what it prints, and gives its exit code.
check() {
	local code=0
	echo "::group::wfgen $*"
	"${wfgen[@]}" "$@" "${packages[@]}" >"$work/last" 2>&1 || code=$?
	quiet "$work/last"
	cat "$work/last" >>"$work/printed"
	echo "::endgroup::"
	return "$code"
}

# property and message escape texts as the runner reads them.
message() { local s=${1//%/%25}; printf '%s' "${s//$'\r'/%0D}"; }
property() { local s; s=$(message "$1"); s=${s//:/%3A}; printf '%s' "${s//,/%2C}"; }

# place FILE gives the path of a file from the repository's root.
place() {
	local in=${directory%/}
	while [[ $in == ./* ]]; do in=${in#./}; done
	if [[ $in == . || -z $in ]]; then property "$1"; else property "$in/$1"; fi
}

# annotate shows diagnostics, and tests that failed, at their lines: each once, though several
# checks print it.
annotate() {
	local at='^ *([^ :][^:]*\.wf):([0-9]+):([0-9]+): (.*)$' mark='^(error|warning)(\[[A-Z0-9]+\])?: (.*)$' level text
	sort -u "$work/printed" | while IFS= read -r line; do
		[[ $line =~ $at ]] || continue
		set -- "${BASH_REMATCH[@]}"
		level=error text=$5
		if [[ $text =~ $mark ]]; then
			level=${BASH_REMATCH[1]} text="${BASH_REMATCH[3]} ${BASH_REMATCH[2]}"
		elif [[ $line != ' '* ]]; then
			continue # a note belongs to the error before it
		fi
		echo "::$level file=$(place "$2"),line=$3,col=$4::$(message "$text")"
	done
}

# whole MESSAGE shows the files that the last check has named.
whole() {
	while IFS= read -r line; do
		[[ $line =~ ^([^ ][^:]*\.(wf|go))(: (missing|not up to date|left over .*))?$ ]] || continue
		echo "::error file=$(place "${BASH_REMATCH[1]}")::${BASH_REMATCH[4]:+${BASH_REMATCH[4]}: }$1"
	done <"$work/last"
}

failed=
for name in ${WFGEN_CHECKS:-fmt compile test crash}; do
	code=0
	case $name in
	fmt)
		check fmt -l || code=$?
		[ ! -s "$work/last" ] || code=1
		whole "not in the style: run wfgen fmt -w"
		;;
	compile)
		check compile -check || code=$?
		whole "run wfgen compile, and commit what it writes"
		;;
	test) check test || code=$? ;;
	crash) check test -crash || code=$? ;;
	*)
		echo "::error::there is no check $(message "$name"): the checks are fmt, compile, test and crash"
		code=2
		;;
	esac
	[ "$code" = 0 ] || failed="$failed $name"
done
annotate
[ -z "$failed" ] || { echo "failed:$failed"; exit 1; }
