#!/bin/sh
# Enters when two simple averages cross, with stop-loss, take-profit and a stop that moves to the entry price: a strategy for
# backtester in shell and awk, without any library. sma_cross.sh is the simpler one to read first.

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

# A parameter of the run; its default when the host gives none.
function parameter(name, otherwise,   text) {
  text = field($0, name)
  return text == "" ? otherwise : text + 0
}
function start() {
  n1 = parameter("n1", 10); n2 = parameter("n2", 50); total = field($0, "bars_total") + 0
  stop_loss_pct = parameter("stop_loss_pct", 0.01); take_profit_pct = parameter("take_profit_pct", 0.02)
  breakeven_pct = parameter("breakeven_pct", 0.01)
  if (field($0, "mode") != "\"lockstep\"") return refuse(1004, "capability_missing", "this strategy runs in lock-step only")
  if (n1 < 1 || n1 != int(n1)) return refuse(4004, "bad_parameters", "n1 must be a whole number from 1 on")
  if (n2 < 1 || n2 != int(n2)) return refuse(4004, "bad_parameters", "n2 must be a whole number from 1 on")
  bar = -1; equal = 0; trade_id = ""; split("", price); split("", sum); split("", added); split("", removed)
  # An average over more bars than there are is never defined and not waited for.
  warmup = n1 <= total ? n1 : 0
  if (n2 <= total && n2 > warmup) warmup = n2
  answer("{\"mode\":\"lockstep\",\"warmup_bars\":" warmup "}")
}

# Remembers the open trade; there is one at most, as this strategy only enters when flat. Trades are sent when they change.
function take_trades(   text) {
  if (!match($0, /"trades" *: *\[[^]]*\]/)) return
  text = substr($0, RSTART, RLENGTH)
  trade_id = field(text, "trade_id"); quantity = field(text, "quantity") + 0
  entry = field(text, "entry_price") + 0; stop = field(text, "stop_loss")
}
# Moves the stop to the entry price once the trade has gained enough.
function moved_stop(   gain) {
  if (trade_id == "" || stop == "null") return ""
  gain = quantity > 0 ? price[bar] / entry - 1 : entry / price[bar] - 1
  if (gain < breakeven_pct || (quantity > 0 ? stop + 0 >= entry : stop + 0 <= entry)) return ""
  return sprintf("{\"do\":\"amend\",\"trade_id\":%s,\"stop_loss\":%.17g}", trade_id, entry)
}
function order(side, stop_loss, take_profit) {
  return sprintf("{\"do\":\"order\",\"side\":\"%s\",\"stop_loss\":%.17g,\"take_profit\":%.17g}", side, stop_loss, take_profit)
}

function next_bar(   row, was_above, was_below, actions, close_price) {
  take_trades()
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
  close_price = price[bar]
  actions = moved_stop()
  if (trade_id == "" && was_below && is_above) actions = order("buy", close_price * (1 - stop_loss_pct), close_price * (1 + take_profit_pct))
  if (trade_id == "" && was_above && is_below) actions = order("sell", close_price * (1 + stop_loss_pct), close_price * (1 - take_profit_pct))
  answer(actions == "" ? "{}" : "{\"actions\":[" actions "]}")
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
    "\"strategy\":{\"name\":\"la_bomba_sh\",\"version\":\"1.0\",\"language\":\"shell\"}," \
    "\"capabilities\":{\"modes\":[\"lockstep\"],\"needs_account\":true,\"needs_events\":false,\"reuse\":true}," \
    "\"parameters\":{\"type\":\"object\",\"properties\":{" \
    "\"n1\":{\"type\":\"integer\",\"default\":10,\"minimum\":1},\"n2\":{\"type\":\"integer\",\"default\":50,\"minimum\":1}," \
    "\"stop_loss_pct\":{\"type\":\"number\",\"default\":0.01,\"minimum\":0,\"exclusiveMaximum\":1}," \
    "\"take_profit_pct\":{\"type\":\"number\",\"default\":0.02,\"minimum\":0,\"exclusiveMaximum\":1}," \
    "\"breakeven_pct\":{\"type\":\"number\",\"default\":0.01,\"minimum\":0}}}}")
  next
}
method == "shutdown" { answer("{}"); next }
method !~ /^(run\/start|bar\/next|run\/end)$/ { refuse(-32601, "method_not_found", "unknown method"); next }
!is_initialized { refuse(1001, "not_initialized", "initialize must come first"); next }
method == "run/start" { is_above = is_below = 0; start(); next }
method == "bar/next" { next_bar(); next }
{ answer("{}") }
'
