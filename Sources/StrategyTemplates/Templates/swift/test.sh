#!/bin/sh
# Drives the strategy as backtester does; prints nothing but what is wrong.
cd "$(dirname "$0")" || exit 1

# A session of bars whose closes go up and down, $1 of them warm-up.
session() {
  echo '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocol_version":"1.0","host":{"name":"test","version":"1"},"host_pid":1,"capabilities":{"modes":["lockstep"],"encodings":["json"]},"limits":{},"options":{}}}'
  echo '{"jsonrpc":"2.0","id":2,"method":"run/start","params":{"run_id":"r","mode":"lockstep","symbols":[{"symbol":"ACME"}],"time_unit":"ms","fields":["open","high","low","close","volume"],"timestamp":"open","start":0,"end":119,"bars_total":120,"parameters":{"n":'"$1"'},"seed":1,"account":{"initial_cash":10000,"leverage":1},"execution":{"profile":"compat","fill_at":"next_open","commission":{"fixed":0,"rate":0},"spread":0,"margin":1,"hedging":false,"exclusive_orders":false,"finalize_trades":false},"order_types":["market"]}}'
  awk -v warmup="$1" 'BEGIN {
    for (i = 0; i < 120; i++) {
      c = 100 + (i % 40 < 20 ? i % 40 : 40 - i % 40) * 0.7
      printf "{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"bar/next\",\"params\":{\"run_id\":\"r\",\"index\":%d,\"time\":%d,\"bars\":{\"ACME\":[%.4f,%.4f,%.4f,%.4f,1]}%s}}\n", i + 3, i, i, c, c, c, c, (i < warmup ? ",\"warmup\":true" : "")
    }
  }'
  echo '{"jsonrpc":"2.0","id":123,"method":"run/end","params":{"run_id":"r","reason":"completed"}}'
}

fail() { echo "FAILED: $1" >&2; echo "$answers" >&2; exit 1; }
answers=$(session 20 | .build/release/strategy)
[ "$(echo "$answers" | grep -c '"result"')" = 123 ] || fail "not every request was answered with a result"
echo "$answers" | grep -q '"do":"order","side":"buy"' || fail "it never bought"
echo "$answers" | grep -q '"do":"close"' || fail "it never closed"
answers=$(session 120 | .build/release/strategy)
echo "$answers" | grep -q '"do"' && fail "it acted before its average was there"
exit 0
