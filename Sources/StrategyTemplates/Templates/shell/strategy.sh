#!/bin/sh
# Buys when the close rises above its average over n bars, closes when it falls below: a strategy for backtester in shell and
# awk, without any library. The host writes one JSON message a line; each request is answered with one line.

# mawk fills its input buffer before it reads a line unless told otherwise; the others do not know the option.
case $(awk -W version 2>&1 </dev/null) in
  mawk*) set -- awk -W interactive ;;
  *) set -- awk ;;
esac

exec "$@" '
# The value of a key as it stands in a text; "" when it is not there.
function field(text, key) {
  if (!match(text, "\"" key "\" *: *(\"[^\"]*\"|[^],} ]+)")) return ""
  text = substr(text, RSTART, RLENGTH)
  sub(/^"[^"]*" *: */, "", text)
  return text
}
function reply(member, text) {
  printf "{\"jsonrpc\":\"2.0\",\"id\":%s,\"%s\":%s}\n", id, member, text
  fflush()
}
function answer(result) { reply("result", result) }
function refuse(code, kind, message) {
  reply("error", "{\"code\":" code ",\"message\":\"" message "\",\"data\":{\"kind\":\"" kind "\"}}")
}

function start() {
  n = field($0, "n")
  n = n == "" ? 20 : n + 0
  if (field($0, "mode") != "\"lockstep\"") return refuse(1004, "capability_missing", "this strategy runs in lock-step only")
  if (n < 1 || n != int(n)) return refuse(4004, "bad_parameters", "n must be a whole number from 1 on")
  bar = -1; sum = 0; was_above = was_below = 0; split("", price)
  # An average over more bars than there are is never defined and not waited for.
  answer("{\"mode\":\"lockstep\",\"warmup_bars\":" (n <= field($0, "bars_total") + 0 ? n : 0) "}")
}

function next_bar(   row, value, is_above, is_below, rises, falls) {
  # "bars":{"SYMBOL":[open,high,low,close,volume]}
  if (!match($0, /"bars" *: *[{][^[]*\[[^]]*\]/)) return answer("{}")
  row = substr($0, RSTART, RLENGTH); sub(/.*\[/, "", row); split(row, value, ",")
  price[++bar] = value[4] + 0
  sum += price[bar]
  if (bar >= n) sum -= price[bar - n]
  is_above = bar + 1 >= n && price[bar] > sum / n; is_below = bar + 1 >= n && price[bar] < sum / n
  rises = was_below && is_above; falls = was_above && is_below
  was_above = is_above; was_below = is_below
  if (field($0, "warmup") == "true" || !(rises || falls)) return answer("{}")
  if (rises) return answer("{\"actions\":[{\"do\":\"order\",\"side\":\"buy\"}]}")
  answer("{\"actions\":[{\"do\":\"close\"}]}")
}

{ sub(/\r$/, "") }
/^[ \t]*$/ { next }
{
  # What stands before params is the envelope: id and method.
  envelope = $0; sub(/"params".*/, "", envelope)
  id = field(envelope, "id"); method = field(envelope, "method"); gsub(/"/, "", method)
}
!/^ *[{].*[}] *$/ { id = "null"; refuse(/^ *\[/ ? -32600 : -32700, /^ *\[/ ? "invalid_request" : "parse_error", "a line must be one JSON object"); next }
method == "exit" { exit 0 }
id == "" { next }
method == "" { refuse(-32600, "invalid_request", "the message has no method"); next }
method == "initialize" && field($0, "protocol_version") !~ /^"1\./ {
  refuse(1002, "unsupported_protocol_version", "this strategy speaks protocol 1.0"); next
}
method == "initialize" {
  is_initialized = 1
  answer("{\"protocol_version\":\"1.0\"," \
    "\"strategy\":{\"name\":\"{{name}}\",\"version\":\"1.0\",\"language\":\"shell\"}," \
    "\"capabilities\":{\"modes\":[\"lockstep\"],\"needs_account\":false,\"needs_events\":false,\"reuse\":true}," \
    "\"parameters\":{\"type\":\"object\",\"properties\":{" \
    "\"n\":{\"type\":\"integer\",\"default\":20,\"minimum\":1}}}}")
  next
}
method == "shutdown" { answer("{}"); next }
method !~ /^(run\/start|bar\/next|run\/end)$/ { refuse(-32601, "method_not_found", "unknown method"); next }
!is_initialized { refuse(1001, "not_initialized", "initialize must come first"); next }
method == "run/start" { start(); next }
method == "bar/next" { next_bar(); next }
{ answer("{}") }
'
