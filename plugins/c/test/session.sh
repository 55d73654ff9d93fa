#!/bin/sh
# Whole sessions with the examples: what goes in as a file of messages must come out as the expected answers.
set -u
cd "$(dirname "$0")/.."
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
failed=0
fail() { echo "FAILED: $*" >&2; failed=1; }

# Number of one answer among those on standard input; then its text.
answer() { grep "\"id\":$1," | head -1; }
expect() { # name, expected, received
  [ "$2" = "$3" ] || fail "$1
  expected: $2
  received: $3"
}

hello='{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocol_version":"1.0","capabilities":{"encodings":["json"]}}}
{"jsonrpc":"2.0","method":"initialized","params":{}}'
start() { # mode, parameters, bars
  echo '{"jsonrpc":"2.0","id":2,"method":"run/start","params":{"run_id":"r","mode":"'"$1"'","symbols":[{"symbol":"X"}],"bars_total":'"$3"',"parameters":'"$2"',"account":{"initial_cash":10000,"leverage":1},"execution":{"spread":0}}}'
}
bar() { # index, close, more members of params
  echo '{"jsonrpc":"2.0","id":'$((100 + $1))',"method":"bar/next","params":{"run_id":"r","index":'"$1"',"time":'"$1"',"bars":{"X":['"$2,$2,$2,$2"',null]}'"${3:-}"'}}'
}
bye='{"jsonrpc":"2.0","id":9,"method":"run/end","params":{"run_id":"r","reason":"completed"}}
{"jsonrpc":"2.0","id":10,"method":"shutdown","params":{}}
{"jsonrpc":"2.0","method":"exit","params":{}}'

# A walk of 400 bars as one session in a mode.
session() {
  echo "$hello"
  start "$1" '{"n1":5,"n2":12}' 400
  awk -v mode="$1" 'BEGIN {
    state = 7; close_ = 100
    for (i = 0; i < 400; i++) {
      state = (state * 16807) % 2147483647
      close_ = int((close_ + (state / 2147483647 - 0.5) * 4) * 100 + 0.5) / 100
      row = sprintf("[%.2f,%.2f,%.2f,%.2f,1]", close_, close_ + 1, close_ - 1, close_)
      if (mode == "lockstep") printf "{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"bar/next\",\"params\":{\"run_id\":\"r\",\"index\":%d,\"time\":%d,\"bars\":{\"X\":%s}%s}}\n", 100 + i, i, i, row, (i < 12 ? ",\"warmup\":true" : "")
      times = times (i ? "," : "") i; rows = rows (i ? "," : "") row; closes = closes (i ? "," : "") sprintf("%.2f", close_)
    }
    column = "{\"encoding\":\"json\",\"dtype\":\"f64\",\"count\":400,\"data\":[" closes "]}"
    if (mode == "streamed") printf "{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"bars/next\",\"params\":{\"run_id\":\"r\",\"first_index\":0,\"count\":400,\"times\":[%s],\"bars\":{\"X\":[%s]}}}\n", times, rows
    if (mode == "preload" || mode == "vectorized")
      printf "{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"series/load\",\"params\":{\"run_id\":\"r\",\"symbol\":\"X\",\"offset\":0,\"count\":400,\"rows_total\":400,\"columns\":{\"time\":%s,\"open\":%s,\"high\":%s,\"low\":%s,\"close\":%s,\"volume\":%s},\"last\":true}}\n", column, column, column, column, column, column
    if (mode == "vectorized") print "{\"jsonrpc\":\"2.0\",\"id\":4,\"method\":\"series/evaluate\",\"params\":{\"run_id\":\"r\",\"first_index\":0,\"count\":400}}"
    if (mode == "preload") for (i = 12; i < 400; i++) printf "{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"bar/next\",\"params\":{\"run_id\":\"r\",\"index\":%d,\"time\":%d}}\n", 100 + i, i, i
  }'
  echo "$bye"
}
# The actions of the answers, one a line, each with its bar.
actions() {
  awk '/"actions"/ {
    id = $0; sub(/.*"id":/, "", id); sub(/,.*/, "", id)
    if (id >= 100) gsub(/[{]"do"/, "{\"bar_index\":" (id - 100) ",\"do\"")
    print
  }' | grep -o '{"bar_index":[^}]*}'
}
for mode in lockstep preload streamed vectorized; do
  session $mode | examples/sma_cross/sma_cross | actions > "$tmp/$mode" || fail "sma_cross in the mode $mode"
done
[ "$(wc -l < "$tmp/lockstep")" -gt 40 ] || fail "sma_cross decided too little: $(wc -l < "$tmp/lockstep") actions"
for mode in preload streamed vectorized; do
  cmp -s "$tmp/lockstep" "$tmp/$mode" || fail "$mode gives other orders than lockstep"
done

out=$( { echo "$hello"; start lockstep '{"n1":1,"n2":2}' 5
  bar 0 10 ',"warmup":true,"account":{"cash":10000,"equity":10000},"positions":{},"trades":[],"orders":[]'
  bar 1 9 ',"warmup":true'; bar 2 11
  bar 3 12 ',"trades":[{"trade_id":1,"symbol":"X","quantity":900,"entry_price":11.1,"entry_index":3,"stop_loss":10.89,"take_profit":11.22,"tag":null}]'
  bar 4 12; echo "$bye"; } | examples/la_bomba/la_bomba )
expect "la_bomba declares its warm-up" '{"jsonrpc":"2.0","id":2,"result":{"mode":"lockstep","warmup_bars":2}}' "$(echo "$out" | answer 2)"
expect "la_bomba enters with a bracket" '{"jsonrpc":"2.0","id":102,"result":{"actions":[{"do":"order","side":"buy","stop_loss":10.89,"take_profit":11.22}]}}' "$(echo "$out" | answer 102)"
expect "la_bomba moves the stop to the entry" '{"jsonrpc":"2.0","id":103,"result":{"actions":[{"do":"amend","trade_id":1,"stop_loss":11.1}]}}' "$(echo "$out" | answer 103)"
expect "la_bomba asks again while the stop is where it was" "$(echo "$out" | answer 103 | sed s/103/104/)" "$(echo "$out" | answer 104)"

misbehave() { # what, more members of a bar
  { echo "$hello"; start lockstep '{"what":"'"$1"'"}' 3; bar 0 10 "${2:-}"; bar 1 11; echo "$bye"; } | test/misbehaving 2> "$tmp/stderr"
}
out=$(misbehave print)
expect "prints go to standard error" '{"jsonrpc":"2.0","id":100,"result":{}}' "$(echo "$out" | answer 100)"
expect "prints of children too" "printed from a child printed from a child" "$(tr '\n' ' ' < "$tmp/stderr" | sed 's/ $//')"
out=$(misbehave nan)
echo "$out" | answer 100 | grep -q '"code":2005,"message":"stop_loss is NaN' || fail "a NaN is refused: $(echo "$out" | answer 100)"
echo "$out" | answer 101 | grep -q '"code":-32600' || fail "a failed run goes on: $(echo "$out" | answer 101)"
expect "a failed run ends in order" '{"jsonrpc":"2.0","id":9,"result":{"summary":{"completed":1,"undefined":null}}}' "$(echo "$out" | answer 9)"
out=$(misbehave fail)
echo "$out" | answer 100 | grep -q '"code":2005,"message":"cannot go on at 10".*"traceback":"at bar 0' || fail "bt_fail is answered: $(echo "$out" | answer 100)"
out=$(misbehave all)
expect "every action has its fields" '{"jsonrpc":"2.0","id":100,"result":{"actions":[{"do":"order","side":"buy","symbol":"X","quantity":3,"limit_price":9.5,"stop_price":9,"stop_loss":8,"take_profit":12,"tag":"é","client_order_id":"a"},{"do":"order","side":"sell","fraction":0.5},{"do":"close","trade_id":1,"portion":0.25},{"do":"cancel","order_id":7},{"do":"cancel","client_order_id":"a"},{"do":"amend","trade_id":2,"stop_loss":null},{"do":"amend","trade_id":2,"take_profit":3.5}],"annotations":{"close":10,"none":null}}}' "$(echo "$out" | answer 100)"
expect "a log line is a notification" '{"jsonrpc":"2.0","method":"log/message","params":{"level":"info","message":"bar 0"}}' "$(echo "$out" | grep log/message | head -1)"
out=$(misbehave account ',"events":[{"seq":0,"kind":"accepted","index":0,"time":0,"order_id":2,"role":"stop_loss","symbol":"X","side":"sell","quantity":3,"price":7,"commission":0}],"account":{"cash":9000,"equity":9100},"positions":{"X":[3,5,15,0]},"trades":[{"trade_id":1,"symbol":"X","quantity":3,"entry_price":5,"entry_index":0,"stop_loss":7,"take_profit":null,"tag":"t"}],"orders":[{"order_id":2,"client_order_id":null,"role":"stop_loss","symbol":"X","side":"sell","quantity":3,"limit_price":null,"stop_price":7,"stop_loss":null,"take_profit":null,"tag":"t","trade_id":1}]')
expect "the account arrives" '{"jsonrpc":"2.0","id":100,"result":{"annotations":{"cash":9000,"units":3,"orders":1,"events":1,"closed":0,"stop":7,"t":5}}}' "$(echo "$out" | answer 100)"
expect "and stays until it changes" '{"jsonrpc":"2.0","id":101,"result":{"annotations":{"cash":9000,"units":3,"orders":1,"events":0,"closed":0,"stop":7,"t":5}}}' "$(echo "$out" | answer 101)"

code() { # name, expected code, message
  received=$( { printf '%s\n' "$3"; } | examples/sma_cross/sma_cross | tail -1 | sed -n 's/.*"code":\(-*[0-9]*\).*/\1/p' )
  expect "$1" "$2" "$received"
}
code "no JSON" -32700 '{"jsonrpc":"2.0",'
code "a batch" -32600 '[]'
code "no version" -32600 '{"id":1,"method":"shutdown","params":{}}'
code "params in a list" -32602 '{"jsonrpc":"2.0","id":1,"method":"shutdown","params":[]}'
code "an unknown method" -32601 '{"jsonrpc":"2.0","id":1,"method":"no/such","params":{}}'
code "a run before the handshake" 1001 '{"jsonrpc":"2.0","id":1,"method":"bar/next","params":{"run_id":"r"}}'
code "a version of the future" 1002 '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocol_version":"99.0"}}'
code "initialize twice" 1003 "$hello
$(echo "$hello" | head -1)"
code "an unknown run" 3001 "$hello
$(bar 0 1)"
code "an unknown mode" 1004 "$hello
$(start nonsense '{}' 5)"
for parameters in '{"n1":0}' '{"n1":1.5}' '{"n2":"3"}' '{"n3":1}'; do
  code "parameters $parameters" 4004 "$hello
$(start lockstep "$parameters" 5)"
done
expect "an id that is a string comes back as one" '{"jsonrpc":"2.0","id":"se\"ven","result":{}}' "$(echo '{"jsonrpc":"2.0","id":"se\"ven","method":"shutdown","params":{}}' | examples/sma_cross/sma_cross)"
expect "the largest id comes back whole" '{"jsonrpc":"2.0","id":9007199254740991,"result":{}}' "$(printf '\n  \r\n{"jsonrpc":"2.0","id":9007199254740991,"method":"shutdown","params":{}}\r\n' | examples/sma_cross/sma_cross)"
expect "a line of a megabyte is read" '{"jsonrpc":"2.0","id":3,"result":{}}' "$(awk 'BEGIN { s = "x"; while (length(s) < 1048576) s = s s; print "{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"shutdown\",\"params\":{\"padding\":\"" s "\"}}" }' | examples/sma_cross/sma_cross)"
expect "one beyond the limit is refused and passed over" '5001 {"jsonrpc":"2.0","id":4,"result":{}}' "$(awk 'BEGIN { s = "x"; while (length(s) < 20000000) s = s s; print s; print "{\"jsonrpc\":\"2.0\",\"id\":4,\"method\":\"shutdown\",\"params\":{}}" }' | examples/sma_cross/sma_cross | sed 's/.*"code":\([0-9]*\).*/\1/' | tr '\n' ' ' | sed 's/ $//')"
echo "$hello" | examples/sma_cross/sma_cross > /dev/null
expect "the end of the input ends the process with code 0" 0 $?

[ $failed = 0 ] && echo "C: all sessions as expected"
exit $failed
