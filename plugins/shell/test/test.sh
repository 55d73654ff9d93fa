#!/bin/sh
# Whole sessions with both strategies: what goes in must come out as the expected answers, each as soon as it is asked for.
# Runs with the awk found in PATH.
set -u
cd "$(dirname "$0")/.."
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
failed=0
expect() { # name, expected, received
  [ "$2" = "$3" ] && return
  printf 'FAILED: %s\n  expected: %s\n  received: %s\n' "$1" "$2" "$3" >&2
  failed=1
}
hello='{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocol_version":"1.0","capabilities":{"encodings":["json"]}}}
{"jsonrpc":"2.0","method":"initialized","params":{}}'
start() { # parameters, bars
  echo '{"jsonrpc":"2.0","id":2,"method":"run/start","params":{"run_id":"r","mode":"lockstep","symbols":[{"symbol":"X"}],"bars_total":'"$2"',"parameters":'"$1"'}}'
}
bar() { # index, close, more members of params
  echo '{"jsonrpc":"2.0","id":'$((100 + $1))',"method":"bar/next","params":{"run_id":"r","index":'"$1"',"time":'"$1"',"bars":{"X":['"$2,$2,$2,$2"',null]}'"${3:-}"'}}'
}
bye='{"jsonrpc":"2.0","id":9,"method":"run/end","params":{"run_id":"r","reason":"completed"}}
{"jsonrpc":"2.0","id":10,"method":"shutdown","params":{}}
{"jsonrpc":"2.0","method":"exit","params":{}}'
sma_cross() { sh sma_cross/sma_cross.sh; }
la_bomba() { sh la_bomba/la_bomba.sh; }
answer() { grep "\"id\":$1,"; }

# Averages over 1 and 2 bars: the first is above the second after a rise, below after a fall, equal after neither. Twice, as
# one process serves several runs.
run() {
  start '{"n1":1,"n2":2}' 6
  bar 0 10 ',"warmup":true'; bar 1 9 ',"warmup":true'; bar 2 11; bar 3 11; bar 4 12; bar 5 8
  echo "$bye" | head -1
}
out=$( { echo "$hello"; run; run; echo "$bye"; } | sma_cross )
expect "sma_cross declares its warm-up" '{"jsonrpc":"2.0","id":2,"result":{"mode":"lockstep","warmup_bars":2}}' "$(echo "$out" | answer 2 | uniq)"
expect "sma_cross buys" '{"jsonrpc":"2.0","id":102,"result":{"actions":[{"do":"close"},{"do":"order","side":"buy"}]}}' "$(echo "$out" | answer 102 | uniq)"
expect "a tie is no crossing" '{"jsonrpc":"2.0","id":104,"result":{}}' "$(echo "$out" | answer 104 | uniq)"
expect "sma_cross sells" '{"jsonrpc":"2.0","id":105,"result":{"actions":[{"do":"close"},{"do":"order","side":"sell"}]}}' "$(echo "$out" | answer 105 | uniq)"
expect "an average over more bars than there are is not waited for" '{"jsonrpc":"2.0","id":2,"result":{"mode":"lockstep","warmup_bars":3}}' "$( { echo "$hello"; start '{"n1":3,"n2":99}' 6; } | sma_cross | answer 2)"

# The sum of a window must not drift: in plain sums the averages below would not tie, and a crossing would be seen.
out=$( { echo "$hello"; start '{"n1":2,"n2":3}' 20
  i=0; for close in 0.3 0.1 1e9 0.7 0.1 0.1 0.1 0.1 0.2; do bar $i $close; i=$((i + 1)); done; } | sma_cross )
expect "equal prices average to themselves" '{"jsonrpc":"2.0","id":107,"result":{}}' "$(echo "$out" | answer 107)"

out=$( { echo "$hello"; start '{"n1":1,"n2":2}' 6
  bar 0 10 ',"warmup":true,"account":{"cash":10000,"equity":10000},"positions":{},"trades":[],"orders":[]'
  bar 1 9 ',"warmup":true'; bar 2 11
  bar 3 12 ',"trades":[{"trade_id":1,"symbol":"X","quantity":900,"entry_price":11.1,"entry_index":3,"stop_loss":10.89,"take_profit":11.22,"tag":null}]'
  bar 4 13 ',"trades":[{"trade_id":1,"symbol":"X","quantity":900,"entry_price":11.1,"entry_index":3,"stop_loss":11.1,"take_profit":11.22,"tag":null}]'
  bar 5 10 ',"trades":[],"orders":[]'; } | la_bomba )
expect "la_bomba enters with a bracket" '{"jsonrpc":"2.0","id":102,"result":{"actions":[{"do":"order","side":"buy","stop_loss":10.890000000000001,"take_profit":11.220000000000001}]}}' "$(echo "$out" | answer 102)"
expect "la_bomba moves the stop to the entry" '{"jsonrpc":"2.0","id":103,"result":{"actions":[{"do":"amend","trade_id":1,"stop_loss":11.1}]}}' "$(echo "$out" | answer 103 | sed -E 's/11\.(09999|10000)[0-9]*/11.1/')"
expect "once" '{"jsonrpc":"2.0","id":104,"result":{}}' "$(echo "$out" | answer 104)"
expect "la_bomba sells short when flat" '{"do":"order","side":"sell","stop_loss":10.1,"take_profit":9.8000000000000007}' "$(echo "$out" | answer 105 | grep -o '{"do":[^}]*}' | sed -E 's/10\.(09999|10000)[0-9]*/10.1/')"

code() { # name, expected code, messages
  expect "$1" "$2" "$(printf '%s\n' "$3" | sma_cross | tail -1 | sed -n 's/.*"code":\(-*[0-9]*\).*/\1/p')"
}
code "no JSON" -32700 'nonsense'
code "a batch" -32600 '[]'
code "an unknown method" -32601 '{"jsonrpc":"2.0","id":1,"method":"no/such","params":{}}'
code "a run before the handshake" 1001 "$(bar 0 1)"
code "a version of the future" 1002 '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocol_version":"99.0"}}'
code "another mode" 1004 "$hello
$(start '{}' 5 | sed s/lockstep/streamed/)"
code "a parameter out of range" 4004 "$hello
$(start '{"n1":0}' 5)"
expect "an id keeps its type" '{"jsonrpc":"2.0","id":"seven","result":{}}' "$(echo '{"jsonrpc":"2.0","id":"seven","method":"shutdown","params":{}}' | sma_cross)"
expect "blank lines and carriage returns are passed over" '{"jsonrpc":"2.0","id":9007199254740991,"result":{}}' "$(printf '\n  \r\n{"jsonrpc":"2.0","id":9007199254740991,"method":"shutdown","params":{}}\r\n' | sma_cross)"
expect "notifications are not answered" '' "$(printf '{"jsonrpc":"2.0","method":"no/such","params":{"id":3}}\n{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":4}}\n' | sma_cross)"
for size in 70000 1048576; do
  expect "a line of $size bytes is read" '{"jsonrpc":"2.0","id":3,"result":{}}' "$(awk -v size=$size 'BEGIN { s = "x"; while (length(s) < size) s = s s; print "{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"shutdown\",\"params\":{\"padding\":\"" s "\"}}" }' | sma_cross)"
done
echo "$hello" | sma_cross > /dev/null
expect "the end of the input ends the process with code 0" 0 $?

# Each answer must be there before the next question is asked.
mkfifo "$tmp/in" "$tmp/out"
for strategy in sma_cross la_bomba; do
  sh $strategy/$strategy.sh < "$tmp/in" > "$tmp/out" &
  child=$!
  ( sleep 20; kill $child ) 2> /dev/null &
  watcher=$!
  exec 3> "$tmp/in" 4< "$tmp/out"
  for id in 1 2 3; do
    echo '{"jsonrpc":"2.0","id":'$id',"method":"shutdown","params":{}}' >&3
    received=''
    read -r received <&4
    expect "$strategy answers at once" '{"jsonrpc":"2.0","id":'$id',"result":{}}' "$received"
  done
  exec 3>&- 4<&-
  wait $child
  expect "$strategy ends with code 0" 0 $?
  kill $watcher 2> /dev/null
done

[ $failed = 0 ] && echo "shell: all sessions as expected"
exit $failed
