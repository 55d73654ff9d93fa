#!/bin/sh
# Long while the simple average over n1 bars is above the one over n2, short while it is below: a strategy for backtester in
# shell and awk, without any library. The host writes one JSON message a line; each request is answered with one line.

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

# The mean of the last n prices. Two running corrections (Kahan) keep the sum exact, in the order of operations that all of
# backtester uses: where two averages tie, the last bit decides who is above.
function mean(k, n,   y, t) {
  if (bar >= n) {
    y = -price[bar - n] - removed[k]; t = sum[k] + y; removed[k] = t - sum[k] - y; sum[k] = t
  }
  y = price[bar] - added[k]; t = sum[k] + y; added[k] = t - sum[k] - y; sum[k] = t
  return equal >= n ? price[bar] : sum[k] / n
}

function start() {
  n1 = field($0, "n1"); n2 = field($0, "n2"); total = field($0, "bars_total") + 0
  n1 = n1 == "" ? 10 : n1 + 0; n2 = n2 == "" ? 20 : n2 + 0
  if (field($0, "mode") != "\"lockstep\"") return refuse(1004, "capability_missing", "this strategy runs in lock-step only")
  if (n1 < 1 || n1 != int(n1)) return refuse(4004, "bad_parameters", "n1 must be a whole number from 1 on")
  if (n2 < 1 || n2 != int(n2)) return refuse(4004, "bad_parameters", "n2 must be a whole number from 1 on")
  bar = -1; equal = 0; split("", price); split("", sum); split("", added); split("", removed)
  # An average over more bars than there are is never defined and not waited for.
  warmup = n1 <= total ? n1 : 0
  if (n2 <= total && n2 > warmup) warmup = n2
  answer("{\"mode\":\"lockstep\",\"warmup_bars\":" warmup "}")
}

function next_bar(   row, was_above, was_below) {
  # "bars":{"SYMBOL":[open,high,low,close,volume]}
  if (!match($0, /"bars" *: *[{][^[]*\[[^]]*\]/)) return answer("{}")
  row = substr($0, RSTART, RLENGTH); sub(/.*\[/, "", row); split(row, value, ",")
  bar++
  price[bar] = value[4] + 0
  equal = bar > 0 && price[bar] == price[bar - 1] ? equal + 1 : 1
  was_above = is_above; was_below = is_below
  first = mean(1, n1); second = mean(2, n2)
  is_defined = bar + 1 >= n1 && bar + 1 >= n2
  is_above = is_defined && first > second; is_below = is_defined && first < second
  if (field($0, "warmup") == "true") return answer("{}")
  if (was_below && is_above) return answer("{\"actions\":[{\"do\":\"close\"},{\"do\":\"order\",\"side\":\"buy\"}]}")
  if (was_above && is_below) return answer("{\"actions\":[{\"do\":\"close\"},{\"do\":\"order\",\"side\":\"sell\"}]}")
  answer("{}")
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
    "\"strategy\":{\"name\":\"sma_cross_sh\",\"version\":\"1.0\",\"language\":\"shell\"}," \
    "\"capabilities\":{\"modes\":[\"lockstep\"],\"needs_account\":false,\"needs_events\":false,\"reuse\":true}," \
    "\"parameters\":{\"type\":\"object\",\"properties\":{" \
    "\"n1\":{\"type\":\"integer\",\"default\":10,\"minimum\":1},\"n2\":{\"type\":\"integer\",\"default\":20,\"minimum\":1}}}}")
  next
}
method == "shutdown" { answer("{}"); next }
method !~ /^(run\/start|bar\/next|run\/end)$/ { refuse(-32601, "method_not_found", "unknown method"); next }
!is_initialized { refuse(1001, "not_initialized", "initialize must come first"); next }
method == "run/start" { is_above = is_below = 0; start(); next }
method == "bar/next" { next_bar(); next }
{ answer("{}") }
'
