/* Write a trading strategy for backtester in C: C99, POSIX, no dependencies, this one header.
 *
 * In exactly one source file define BACKTESTER_IMPLEMENTATION before including it:
 *
 *     #define BACKTESTER_IMPLEMENTATION
 *     #include "backtester.h"
 *
 *     static bt_sma fast, slow;
 *     static bt_crossover cross;
 *
 *     static void init(bt_context *ctx) {
 *       bt_sma_init(&fast, bt_integer(ctx, "n1"));
 *       bt_sma_init(&slow, bt_integer(ctx, "n2"));
 *       bt_crossover_init(&cross);
 *       bt_need_bars(ctx, fast.period);
 *       bt_need_bars(ctx, slow.period);
 *     }
 *
 *     static void on_bar(bt_context *ctx, const bt_bar *bar) {
 *       int crossed = bt_crossover_update(&cross, bt_sma_update(&fast, bar->close), bt_sma_update(&slow, bar->close));
 *       if (ctx->warmup || crossed == 0) return;
 *       bt_close(ctx, 0, 1);
 *       if (crossed > 0) bt_buy(ctx, NULL); else bt_sell(ctx, NULL);
 *     }
 *
 *     static const bt_parameter parameters[] = {
 *       {.name = "n1", .type = BT_INTEGER, .value = 10}, {.name = "n2", .type = BT_INTEGER, .value = 20}, {0}};
 *
 *     int main(void) {
 *       static const bt_strategy strategy = {
 *         .name = "sma_cross", .parameters = parameters, .prices_only = 1, .init = init, .on_bar = on_bar};
 *       return bt_serve(&strategy);
 *     }
 *
 * Build: cc -O2 -o sma_cross sma_cross.c        README.md says more.
 */
#ifndef BACKTESTER_H
#define BACKTESTER_H

#include <math.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#define BT_PROTOCOL_VERSION "1.0"
#define BT_SDK "backtester-c 1.0.0"

/* A price or volume that is not there; test it with isnan(). */
#define BT_NONE NAN

/* One bar. Prices are in the quote currency per unit; volume is BT_NONE where unknown. */
typedef struct bt_bar {
  const char *symbol;
  long long index; /* counted from 0 */
  long long time;  /* opening, epoch milliseconds UTC */
  double open, high, low, close, volume;
  int is_missing; /* the symbol has no bar at this time */
} bt_bar;

/* An open trade. */
typedef struct bt_trade {
  long long trade_id;
  const char *symbol;
  double quantity; /* units, below 0 when short */
  double entry_price;
  long long entry_index;
  double stop_loss, take_profit; /* BT_NONE where there is none */
  const char *tag;               /* NULL where there is none */
} bt_trade;

/* A resting order. Either quantity or fraction is BT_NONE. */
typedef struct bt_order {
  long long order_id;
  const char *client_order_id; /* NULL where there is none */
  const char *role;            /* entry, close, stop_loss, take_profit */
  const char *symbol;
  const char *side; /* buy, sell */
  double quantity, fraction;
  double limit_price, stop_price, stop_loss, take_profit;
  const char *tag;
  long long trade_id; /* the trade it closes; 0 for an entry */
} bt_order;

/* What happened to an order. */
typedef struct bt_event {
  long long seq;
  const char *kind; /* accepted, rejected, triggered, filled, partially_closed, cancelled, expired */
  long long index, time, order_id;
  const char *client_order_id, *role, *symbol, *side;
  double quantity, price, commission;
  long long trade_id; /* 0 where there is none */
  const char *reason_code, *reason_message;
} bt_event;

/* A closed trade, or the closed part of one. */
typedef struct bt_closed_trade {
  long long trade_id;
  const char *symbol;
  double quantity;
  long long entry_index, exit_index, entry_time, exit_time;
  double entry_price, exit_price, pnl, return_pct, commission, stop_loss, take_profit;
  const char *tag;
} bt_closed_trade;

/* What is known of a run before its first bar. */
typedef struct bt_run {
  const char *run_id;
  const char *mode; /* lockstep, preload, streamed, vectorized */
  const char *const *symbols;
  size_t symbol_count;
  const char *timeframe; /* NULL when unknown */
  long long start, end, bars_total, seed;
  double initial_cash, leverage, spread, margin;
  int hedging, exclusive_orders;
} bt_run;

/* What a strategy sees on one bar. Account, trades and orders show the broker as it is on this bar; what is ordered
 * now shows on the next one. With prices_only they are not sent: numbers are NaN, lists empty. */
typedef struct bt_context {
  const bt_run *run;
  long long index, time;
  int warmup;         /* orders are refused while true */
  const bt_bar *bars; /* one per symbol, in the order of run->symbols */
  double cash, equity;
  double position; /* units held over all open trades, below 0 when short */
  const bt_trade *trades; /* in opening order */
  size_t trade_count;
  const bt_order *orders; /* in the order the broker works them off */
  size_t order_count;
  const bt_event *events; /* since the bar before */
  size_t event_count;
  const bt_closed_trade *closed; /* since the bar before */
  size_t closed_count;
  void *user; /* the strategy's own */
} bt_context;

/* How to trade. What is 0 or NULL is not given: without any of it, all buying power at market. */
typedef struct bt_request {
  const char *symbol;
  double quantity; /* whole units, or … */
  double fraction; /* … part of the buying power when it fills, above 0 and at most 1 */
  double limit_price, stop_price;
  double stop_loss, take_profit; /* of the trade it opens */
  const char *tag;
  const char *client_order_id; /* the strategy's own name for it, unique in the run */
} bt_request;

enum bt_type { BT_INTEGER = 1, BT_NUMBER, BT_STRING, BT_BOOLEAN };
enum bt_rule { BT_MINIMUM = 1, BT_ABOVE = 2, BT_MAXIMUM = 4, BT_BELOW = 8, BT_REQUIRED = 16 };

/* One tunable. The list ends with an entry without name. */
typedef struct bt_parameter {
  const char *name;
  enum bt_type type;
  double value;     /* default of numbers and, as 0 or 1, of booleans */
  const char *text; /* default of strings */
  int rules;        /* BT_MINIMUM or BT_ABOVE with minimum, BT_MAXIMUM or BT_BELOW with maximum, BT_REQUIRED */
  double minimum, maximum;
  const char *description;
} bt_parameter;

typedef struct bt_strategy {
  const char *name; /* 1 to 100 characters */
  const char *version, *description;
  const bt_parameter *parameters;
  int prices_only;    /* decides on prices alone: no account is sent, and the host may send bars in chunks */
  int without_events; /* the account is wanted, order events are not */
  int multi_symbol;   /* can trade several symbols; on_bar then gets NULL where the first one has no bar */
  void (*init)(bt_context *ctx);                      /* once a run: set all state here, a process serves many runs */
  void (*on_bar)(bt_context *ctx, const bt_bar *bar); /* once a bar, warm-up included */
  void (*end)(bt_context *ctx, const char *reason);   /* once a run: completed, cancelled, failed */
  void *user;
} bt_strategy;

/* Serves the strategy on standard input and output until the host says goodbye; returns the exit code. Whatever the
 * program prints meanwhile goes to standard error. */
int bt_serve(const bt_strategy *strategy);

/* Parameters of the run, by name. */
long long bt_integer(bt_context *ctx, const char *name);
double bt_number(bt_context *ctx, const char *name);
int bt_boolean(bt_context *ctx, const char *name);
const char *bt_string(bt_context *ctx, const char *name);

/* In init: an indicator needs this many bars before its first value. Decisions begin after the largest number given;
 * one beyond the bars of the run does not count, as that indicator is never defined. */
void bt_need_bars(bt_context *ctx, long long bars);

/* Orders; they act from the next bar on. */
void bt_buy(bt_context *ctx, const bt_request *request);
void bt_sell(bt_context *ctx, const bt_request *request);
/* Closes a portion (above 0, at most 1) of a trade, or with trade_id 0 of every open trade. */
void bt_close(bt_context *ctx, long long trade_id, double portion);
void bt_cancel(bt_context *ctx, long long order_id);
void bt_cancel_named(bt_context *ctx, const char *client_order_id);
/* Moves a trade's stop-loss or take-profit; BT_NONE clears it. */
void bt_set_stop_loss(bt_context *ctx, long long trade_id, double price);
void bt_set_take_profit(bt_context *ctx, long long trade_id, double price);

/* Notes a value for charts on this bar; BT_NONE where there is none. */
void bt_annotate(bt_context *ctx, const char *name, double value);
/* In end: a number of the strategy's own, stored with the run. */
void bt_summary(bt_context *ctx, const char *name, double value);
#if defined(__GNUC__)
#define BT_PRINTF(place, first) __attribute__((format(printf, place, first)))
#else
#define BT_PRINTF(place, first)
#endif
/* Adds a line to the run's log; level is debug, info, warning or error. */
void bt_log(bt_context *ctx, const char *level, const char *format, ...) BT_PRINTF(3, 4);
/* Ends the run as failed, with this sentence; return from the callback afterwards. */
void bt_fail(bt_context *ctx, const char *format, ...) BT_PRINTF(2, 3);

/* Simple moving average, bit for bit as pandas computes rolling(period).mean(), so that ties of two averages fall the
 * same way everywhere. NaN while there are fewer than period values. init may be called again for the next run. */
typedef struct bt_sma {
  long long period;
  double *window;
  long long place, missing, negative, repeats;
  double sum, add_error, remove_error, latest;
} bt_sma;
void bt_sma_init(bt_sma *average, long long period);
double bt_sma_update(bt_sma *average, double value);
void bt_sma_free(bt_sma *average);

/* Exponential moving average with alpha = 2 / (period + 1), seeded with the first value. */
typedef struct bt_ema {
  long long period, count;
  double value;
} bt_ema;
void bt_ema_init(bt_ema *average, long long period);
double bt_ema_update(bt_ema *average, double value);

/* Notices crossings: 1 when first was below second and is above now, -1 the other way round, else 0. */
typedef struct bt_crossover {
  double first, second;
} bt_crossover;
void bt_crossover_init(bt_crossover *crossover);
int bt_crossover_update(bt_crossover *crossover, double first, double second);

#ifdef __cplusplus
}
#endif
#endif /* BACKTESTER_H */

#if defined(BACKTESTER_IMPLEMENTATION) && !defined(BACKTESTER_IMPLEMENTED)
#define BACKTESTER_IMPLEMENTED

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#ifdef __clang__
#pragma STDC FP_CONTRACT OFF /* a fused multiply-add rounds once instead of twice; GCC leaves it out with -std=c99 */
#endif

/* Longest line taken, in bytes; the host splits what is longer. */
#define BT__LONGEST_LINE (16 * 1024 * 1024)
#define BT__DEPTH 64

/* ------------------------------------------------------------------------------------------------------------ memory */

static void *bt__resize(void *memory, size_t count, size_t size) {
  void *larger = NULL;
  if (count <= SIZE_MAX / size) larger = realloc(memory, count > 0 ? count * size : 1);
  if (larger == NULL) {
    fprintf(stderr, "backtester.h: there is no memory for %lu values\n", (unsigned long)count);
    exit(70);
  }
  return larger;
}

/* Text that grows. */
typedef struct bt__text {
  char *bytes;
  size_t count, capacity;
} bt__text;

static void bt__reserve(bt__text *text, size_t space) {
  if (text->capacity - text->count >= space) return;
  size_t capacity = text->capacity * 2 > text->count + space ? text->capacity * 2 : text->count + space + 64;
  text->bytes = (char *)bt__resize(text->bytes, capacity, 1);
  text->capacity = capacity;
}

static void bt__put(bt__text *text, const char *bytes, size_t count) {
  bt__reserve(text, count + 1);
  memcpy(text->bytes + text->count, bytes, count);
  text->count += count;
}

static void bt__puts(bt__text *text, const char *string) { bt__put(text, string, strlen(string)); }

static char *bt__copy(const char *string) {
  size_t size = strlen(string) + 1;
  return (char *)memcpy(bt__resize(NULL, size, 1), string, size);
}

/* ------------------------------------------------------------------------------------------------------- JSON, written */

static void bt__put_integer(bt__text *text, long long value) {
  char digits[32];
  snprintf(digits, sizeof digits, "%lld", value);
  bt__puts(text, digits);
}

/* A finite number in the fewest digits that read back as the same double. */
static void bt__put_number(bt__text *text, double value) {
  char digits[40];
  if (value > -1e15 && value < 1e15 && value == (double)(long long)value && !(value == 0 && 1 / value < 0)) {
    bt__put_integer(text, (long long)value);
    return;
  }
  for (int precision = 15; precision <= 17; precision++) {
    snprintf(digits, sizeof digits, "%.*g", precision, value);
    if (strtod(digits, NULL) == value) break;
  }
  bt__puts(text, digits);
}

static void bt__put_string(bt__text *text, const char *string) {
  bt__put(text, "\"", 1);
  for (const unsigned char *c = (const unsigned char *)string; *c; c++) {
    char escape[8];
    if (*c == '"' || *c == '\\') {
      snprintf(escape, sizeof escape, "\\%c", *c);
    } else if (*c < 0x20) {
      snprintf(escape, sizeof escape, "\\u%04x", *c);
    } else {
      bt__put(text, (const char *)c, 1);
      continue;
    }
    bt__puts(text, escape);
  }
  bt__put(text, "\"", 1);
}

/* ---------------------------------------------------------------------------------------------------------- JSON, read */

/* A value; those of an array follow it, and keys and values of an object in turns. `end` is the node behind all of it. */
typedef struct bt__node {
  char type; /* { [ " 0 t f n */
  size_t start, count;
  size_t end;
} bt__node;

typedef struct bt__reader {
  char *text; /* strings are unescaped in place and closed with a 0 byte */
  size_t size, next;
  bt__node *nodes;
  size_t count, capacity;
  const char *fault;
} bt__reader;

static size_t bt__add_node(bt__reader *r, char type, size_t start) {
  if (r->count == r->capacity) {
    r->capacity = r->capacity * 2 + 64;
    r->nodes = (bt__node *)bt__resize(r->nodes, r->capacity, sizeof *r->nodes);
  }
  bt__node node = {type, start, 0, r->count + 1};
  r->nodes[r->count] = node;
  return r->count++;
}

static int bt__fault(bt__reader *r, const char *fault) {
  if (r->fault == NULL) r->fault = fault;
  return 0;
}

static void bt__skip_space(bt__reader *r) {
  while (r->next < r->size && strchr(" \t\r\n", r->text[r->next]) && r->text[r->next]) r->next++;
}

/* The value of four hexadecimal digits; -1 when they are none. */
static long bt__hex(const char *digits) {
  long value = 0;
  for (int i = 0; i < 4; i++) {
    char c = digits[i];
    int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

static size_t bt__put_utf8(char *out, long code) {
  if (code < 0x80) return out[0] = (char)code, 1;
  if (code < 0x800) return out[0] = (char)(0xC0 | code >> 6), out[1] = (char)(0x80 | (code & 63)), 2;
  if (code < 0x10000) {
    out[0] = (char)(0xE0 | code >> 12), out[1] = (char)(0x80 | (code >> 6 & 63)), out[2] = (char)(0x80 | (code & 63));
    return 3;
  }
  out[0] = (char)(0xF0 | code >> 18), out[1] = (char)(0x80 | (code >> 12 & 63));
  out[2] = (char)(0x80 | (code >> 6 & 63)), out[3] = (char)(0x80 | (code & 63));
  return 4;
}

/* Reads the string whose opening quotation mark is next. */
static int bt__read_string(bt__reader *r) {
  size_t node = bt__add_node(r, '"', r->next + 1);
  size_t from = r->next + 1, to = from;
  for (;;) {
    if (from >= r->size) return bt__fault(r, "a string does not end");
    unsigned char c = (unsigned char)r->text[from];
    if (c == '"') break;
    if (c < 0x20) return bt__fault(r, "a control character stands in a string");
    if (c != '\\') {
      r->text[to++] = r->text[from++];
      continue;
    }
    if (from + 1 >= r->size) return bt__fault(r, "a string does not end");
    static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
    const char *name = strchr(names, r->text[from + 1]);
    if (name && *name) {
      r->text[to++] = values[name - names];
      from += 2;
      continue;
    }
    long code = r->text[from + 1] == 'u' && r->size - from >= 6 ? bt__hex(r->text + from + 2) : -1;
    from += 6;
    if (code >= 0xD800 && code < 0xDC00) {
      long low = r->size - from >= 6 && r->text[from] == '\\' && r->text[from + 1] == 'u' ? bt__hex(r->text + from + 2) : -1;
      code = low >= 0xDC00 && low < 0xE000 ? 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00) : -1;
      from += 6;
    } else if (code >= 0xDC00 && code < 0xE000) {
      code = -1;
    }
    if (code < 0) return bt__fault(r, "a backslash starts no escape");
    /* Every escape is longer than what it stands for. */
    to += bt__put_utf8(r->text + to, code);
  }
  r->text[to] = 0;
  r->nodes[node].count = to - r->nodes[node].start;
  r->next = from + 1;
  return 1;
}

static int bt__read_digits(bt__reader *r) {
  size_t first = r->next;
  while (r->next < r->size && r->text[r->next] >= '0' && r->text[r->next] <= '9') r->next++;
  return r->next > first;
}

static int bt__read_number(bt__reader *r) {
  size_t node = bt__add_node(r, '0', r->next);
  if (r->text[r->next] == '-') r->next++;
  size_t first = r->next;
  int ok = bt__read_digits(r) && !(r->text[first] == '0' && r->next > first + 1);
  if (ok && r->next < r->size && r->text[r->next] == '.') r->next++, ok = bt__read_digits(r);
  if (ok && r->next < r->size && (r->text[r->next] | 0x20) == 'e') {
    r->next++;
    if (r->next < r->size && (r->text[r->next] == '+' || r->text[r->next] == '-')) r->next++;
    ok = bt__read_digits(r);
  }
  r->nodes[node].count = r->next - r->nodes[node].start;
  return ok ? 1 : bt__fault(r, "a value is none of JSON's");
}

static int bt__read_value(bt__reader *r, int depth) {
  bt__skip_space(r);
  if (r->next >= r->size) return bt__fault(r, "the text ends early");
  char c = r->text[r->next];
  if (c == '"') return bt__read_string(r);
  if (c == '{' || c == '[') {
    if (depth == BT__DEPTH) return bt__fault(r, "it is nested too deep");
    size_t node = bt__add_node(r, c, r->next++);
    char close = c == '{' ? '}' : ']';
    bt__skip_space(r);
    if (r->next < r->size && r->text[r->next] == close) {
      r->next++;
    } else {
      for (;;) {
        if (c == '{') {
          bt__skip_space(r);
          if (r->next >= r->size || r->text[r->next] != '"') return bt__fault(r, "a key is missing");
          if (!bt__read_string(r)) return 0;
          bt__skip_space(r);
          if (r->next >= r->size || r->text[r->next++] != ':') return bt__fault(r, "a colon is missing");
        }
        if (!bt__read_value(r, depth + 1)) return 0;
        bt__skip_space(r);
        if (r->next >= r->size) return bt__fault(r, "the text ends early");
        char mark = r->text[r->next++];
        if (mark == close) break;
        if (mark != ',') return bt__fault(r, "a comma is missing");
      }
    }
    r->nodes[node].end = r->count;
    return 1;
  }
  static const char *const words[] = {"true", "false", "null"};
  for (int i = 0; i < 3; i++) {
    size_t length = strlen(words[i]);
    if (r->size - r->next >= length && memcmp(r->text + r->next, words[i], length) == 0) {
      bt__add_node(r, words[i][0], r->next);
      r->next += length;
      return 1;
    }
  }
  return bt__read_number(r);
}

/* Whether bytes are UTF-8 (Unicode 15, table 3-7). */
static int bt__is_utf8(const char *bytes, size_t size) {
  const unsigned char *b = (const unsigned char *)bytes, *end = b + size;
  while (b < end) {
    if (*b < 0x80) {
      b++;
      continue;
    }
    int rest = *b >= 0xC2 && *b <= 0xDF ? 1 : *b >= 0xE0 && *b <= 0xEF ? 2 : *b >= 0xF0 && *b <= 0xF4 ? 3 : 0;
    if (rest == 0 || end - b <= rest) return 0;
    if ((*b == 0xE0 && b[1] < 0xA0) || (*b == 0xED && b[1] > 0x9F) || (*b == 0xF0 && b[1] < 0x90) || (*b == 0xF4 && b[1] > 0x8F)) return 0;
    for (int i = 1; i <= rest; i++) {
      if ((b[i] & 0xC0) != 0x80) return 0;
    }
    b += rest + 1;
  }
  return 1;
}

/* Reads one line. text[size] must exist; it is overwritten. Returns 0 with a fault when it is not JSON. */
static int bt__read(bt__reader *r, char *text, size_t size) {
  r->text = text, r->size = size, r->next = 0, r->count = 0, r->fault = NULL;
  text[size] = 0;
  if (!bt__is_utf8(text, size)) return bt__fault(r, "it is not UTF-8");
  if (!bt__read_value(r, 0)) return 0;
  bt__skip_space(r);
  return r->next == r->size ? 1 : bt__fault(r, "something follows the value");
}

/* The node of a member; 0, which is the message itself, when there is none. */
static size_t bt__member(const bt__reader *r, size_t object, const char *key) {
  size_t found = 0;
  if (r->nodes[object].type != '{') return 0;
  for (size_t i = object + 1; i < r->nodes[object].end; i = r->nodes[i + 1].end) {
    if (strcmp(r->text + r->nodes[i].start, key) == 0) found = i + 1;
  }
  return found;
}

static char bt__type(const bt__reader *r, size_t node) { return node ? r->nodes[node].type : 0; }

/* The number of a node; NaN when it is none. */
static double bt__double(const bt__reader *r, size_t node) {
  char type = bt__type(r, node);
  if (type == 't' || type == 'f') return type == 't';
  return type == '0' ? strtod(r->text + r->nodes[node].start, NULL) : NAN;
}

static long long bt__integer(const bt__reader *r, size_t node) {
  double value = bt__double(r, node);
  return value >= -9007199254740992.0 && value <= 9007199254740992.0 ? (long long)value : 0;
}

/* The text of a node; NULL when it is none. */
static const char *bt__string(const bt__reader *r, size_t node) {
  return bt__type(r, node) == '"' ? r->text + r->nodes[node].start : NULL;
}

static double bt__number_of(const bt__reader *r, size_t object, const char *key) { return bt__double(r, bt__member(r, object, key)); }
static long long bt__integer_of(const bt__reader *r, size_t object, const char *key) { return bt__integer(r, bt__member(r, object, key)); }
static const char *bt__string_of(const bt__reader *r, size_t object, const char *key) { return bt__string(r, bt__member(r, object, key)); }

/* Number of elements of an array; 0 for anything else. */
static size_t bt__length(const bt__reader *r, size_t array) {
  size_t count = 0;
  if (bt__type(r, array) != '[') return 0;
  for (size_t i = array + 1; i < r->nodes[array].end; i = r->nodes[i].end) count++;
  return count;
}

/* ------------------------------------------------------------------------------------------------------------- server */

/* Values noted for charts under one name: one for each bar of the request being answered. */
typedef struct bt__note {
  char *name;
  double *values;
  size_t capacity;
  int is_used;
} bt__note;

enum { BT__TIME, BT__OPEN, BT__HIGH, BT__LOW, BT__CLOSE, BT__VOLUME, BT__COLUMNS };

/* Everything: one process has one conversation about one strategy. */
static struct {
  const bt_strategy *strategy;
  int input, output;
  int is_initialized;
  bt__reader reader;
  bt__text answer;
  bt__text actions, summary;
  bt__note *notes;
  size_t note_count;
  /* Of the request being answered: its bars, and the one the strategy is looking at. */
  size_t chunk_count, chunk_place;
  char *failure; /* what the strategy failed with, on this request */

  /* Of the run. */
  int is_running, has_failed, is_stamped, is_in_init, is_preload;
  long long warmup_bars, dropped;
  bt_run run;
  bt_context context;
  char **symbols;
  bt_bar *bars;
  double *columns; /* per symbol BT__COLUMNS arrays of bars_total values, once loaded */
  double *parameter_numbers;
  char **parameter_texts;
  bt_trade *trades;
  bt_order *orders;
  bt_event *events;
  bt_closed_trade *closed;
  bt__text trade_strings, order_strings;
} bt__;

static void bt__write(const char *bytes, size_t count) {
  while (count > 0) {
    ssize_t written = write(bt__.output, bytes, count);
    if (written >= 0) {
      bytes += written;
      count -= (size_t)written;
    } else if (errno == EAGAIN) {
      struct pollfd room = {bt__.output, POLLOUT, 0};
      poll(&room, 1, -1);
    } else if (errno != EINTR) {
      exit(0); /* the host is gone */
    }
  }
}

/* Ends the message in `text` and sends it with one write. */
static void bt__send(bt__text *text) {
  bt__put(text, "\n", 1);
  bt__write(text->bytes, text->count);
}

static void bt__put_id(bt__text *text, size_t id) {
  const bt__reader *r = &bt__.reader;
  char type = bt__type(r, id);
  if (type == '0') bt__put(text, r->text + r->nodes[id].start, r->nodes[id].count);
  else if (type == '"') bt__put_string(text, bt__string(r, id));
  else bt__puts(text, "null");
}

/* Starts an answer: {"jsonrpc":"2.0","id":7,"result": */
static bt__text *bt__begin(size_t id, const char *member) {
  bt__text *text = &bt__.answer;
  text->count = 0;
  bt__puts(text, "{\"jsonrpc\":\"2.0\",\"id\":");
  bt__put_id(text, id);
  bt__puts(text, ",\"");
  bt__puts(text, member);
  bt__puts(text, "\":");
  return text;
}

/* Answers with an error. `more` is further members of data, each with its comma in front. */
static void bt__refuse(size_t id, int code, const char *kind, const char *message, const char *more) {
  bt__text *text = bt__begin(id, "error");
  bt__puts(text, "{\"code\":");
  bt__put_integer(text, code);
  bt__puts(text, ",\"message\":");
  bt__put_string(text, message);
  bt__puts(text, ",\"data\":{\"kind\":");
  bt__put_string(text, kind);
  bt__puts(text, more);
  bt__puts(text, "}}}");
  bt__send(text);
}

static void bt__refuse_params(size_t id, const char *message) { bt__refuse(id, -32602, "invalid_params", message, ""); }

/* Answers with what the strategy failed with, if it did. */
static int bt__answer_failure(size_t id) {
  if (bt__.failure == NULL) return 0;
  bt__text more = {NULL, 0, 0};
  char place[96];
  snprintf(place, sizeof place, "at bar %lld (time %lld): ", bt__.context.index, bt__.context.time);
  bt__text trace = {NULL, 0, 0};
  bt__puts(&trace, bt__.is_in_init ? "in init: " : place);
  bt__puts(&trace, bt__.failure);
  bt__put(&trace, "", 1);
  bt__puts(&more, ",\"hint\":\"correct the strategy at the place the traceback names\",\"retryable\":false,\"traceback\":");
  bt__put_string(&more, trace.bytes);
  bt__put(&more, "", 1);
  fprintf(stderr, "%s\n", trace.bytes);
  bt__refuse(id, 2005, "strategy_error", bt__.failure, more.bytes);
  free(more.bytes);
  free(trace.bytes);
  free(bt__.failure);
  bt__.failure = NULL;
  bt__.has_failed = 1;
  return 1;
}

static void bt__vfail(const char *format, va_list arguments) {
  if (bt__.failure) return; /* the first one counts */
  char message[1024];
  vsnprintf(message, sizeof message, format, arguments);
  bt__.failure = bt__copy(bt__is_utf8(message, strlen(message)) ? message : "the strategy failed, with a message that is not UTF-8");
}

void bt_fail(bt_context *ctx, const char *format, ...) {
  (void)ctx;
  va_list arguments;
  va_start(arguments, format);
  bt__vfail(format, arguments);
  va_end(arguments);
}

void bt_log(bt_context *ctx, const char *level, const char *format, ...) {
  (void)ctx;
  char message[4096];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(message, sizeof message, format, arguments);
  va_end(arguments);
  if (!bt__.is_initialized || !bt__is_utf8(message, strlen(message))) {
    fprintf(stderr, "%s: %s\n", level, message);
    return;
  }
  bt__text text = {NULL, 0, 0};
  bt__puts(&text, "{\"jsonrpc\":\"2.0\",\"method\":\"log/message\",\"params\":{\"level\":");
  bt__put_string(&text, level);
  bt__puts(&text, ",\"message\":");
  bt__put_string(&text, message);
  bt__puts(&text, "}}");
  bt__send(&text);
  free(text.bytes);
}

/* --------------------------------------------------------------------------------------------------------- parameters */

static size_t bt__parameter_count(void) {
  size_t count = 0;
  if (bt__.strategy->parameters) {
    while (bt__.strategy->parameters[count].name) count++;
  }
  return count;
}

static size_t bt__find_parameter(bt_context *ctx, const char *name, enum bt_type type) {
  for (size_t i = 0; i < bt__parameter_count(); i++) {
    const bt_parameter *p = &bt__.strategy->parameters[i];
    if (strcmp(p->name, name) == 0 && (p->type == type || (type == BT_NUMBER && p->type == BT_INTEGER))) return i + 1;
  }
  bt_fail(ctx, "the strategy asked for a parameter %s that it does not declare with that type", name);
  return 0;
}

long long bt_integer(bt_context *ctx, const char *name) {
  size_t place = bt__find_parameter(ctx, name, BT_INTEGER);
  return place ? (long long)bt__.parameter_numbers[place - 1] : 1;
}

double bt_number(bt_context *ctx, const char *name) {
  size_t place = bt__find_parameter(ctx, name, BT_NUMBER);
  return place ? bt__.parameter_numbers[place - 1] : 0;
}

int bt_boolean(bt_context *ctx, const char *name) {
  size_t place = bt__find_parameter(ctx, name, BT_BOOLEAN);
  return place ? bt__.parameter_numbers[place - 1] != 0 : 0;
}

const char *bt_string(bt_context *ctx, const char *name) {
  size_t place = bt__find_parameter(ctx, name, BT_STRING);
  return place ? bt__.parameter_texts[place - 1] : "";
}

static const char *const bt__type_names[] = {"", "integer", "number", "string", "boolean"};

static void bt__put_default(bt__text *text, const bt_parameter *p) {
  if (p->type == BT_STRING) bt__put_string(text, p->text ? p->text : "");
  else if (p->type == BT_BOOLEAN) bt__puts(text, p->value != 0 ? "true" : "false");
  else bt__put_number(text, p->value);
}

/* The parameters as JSON Schema. */
static void bt__put_schema(bt__text *text) {
  int required = 0;
  bt__puts(text, "{\"type\":\"object\",\"properties\":{");
  for (size_t i = 0; i < bt__parameter_count(); i++) {
    const bt_parameter *p = &bt__.strategy->parameters[i];
    if (i) bt__puts(text, ",");
    bt__put_string(text, p->name);
    bt__puts(text, ":{\"type\":");
    bt__put_string(text, bt__type_names[p->type]);
    if (p->rules & BT_REQUIRED) {
      required = 1;
    } else {
      bt__puts(text, ",\"default\":");
      bt__put_default(text, p);
    }
    const struct { int rule; const char *key; double value; } limits[] = {
      {BT_MINIMUM, ",\"minimum\":", p->minimum}, {BT_ABOVE, ",\"exclusiveMinimum\":", p->minimum},
      {BT_MAXIMUM, ",\"maximum\":", p->maximum}, {BT_BELOW, ",\"exclusiveMaximum\":", p->maximum}};
    for (size_t k = 0; k < 4; k++) {
      if ((p->rules & limits[k].rule) == 0) continue;
      bt__puts(text, limits[k].key);
      bt__put_number(text, limits[k].value);
    }
    if (p->description) {
      bt__puts(text, ",\"description\":");
      bt__put_string(text, p->description);
    }
    bt__puts(text, "}");
  }
  bt__puts(text, "}");
  if (required) {
    const char *comma = ",\"required\":[";
    for (size_t i = 0; i < bt__parameter_count(); i++) {
      if ((bt__.strategy->parameters[i].rules & BT_REQUIRED) == 0) continue;
      bt__puts(text, comma);
      bt__put_string(text, bt__.strategy->parameters[i].name);
      comma = ",";
    }
    bt__puts(text, "]");
  }
  bt__puts(text, "}");
}

static int bt__refuse_parameter(size_t id, const char *name, const char *problem) {
  char message[512];
  bt__text more = {NULL, 0, 0};
  snprintf(message, sizeof message, "parameter %.200s %s", name, problem);
  bt__text pointer = {NULL, 0, 0};
  bt__puts(&pointer, "/");
  for (const char *c = name; *c; c++) {
    if (*c == '~' || *c == '/') bt__puts(&pointer, *c == '~' ? "~0" : "~1");
    else bt__put(&pointer, c, 1);
  }
  bt__put(&pointer, "", 1);
  bt__puts(&more, ",\"hint\":\"correct the parameter\",\"retryable\":false,\"pointer\":");
  bt__put_string(&more, pointer.bytes);
  bt__put(&more, "", 1);
  bt__refuse(id, 4004, "bad_parameters", bt__is_utf8(message, strlen(message)) ? message : "a parameter is wrong", more.bytes);
  free(more.bytes);
  free(pointer.bytes);
  return 0;
}

/* Takes the values of a run over the defaults; answers with an error and returns 0 when one is wrong. */
static int bt__take_parameters(size_t id, size_t given) {
  const bt__reader *r = &bt__.reader;
  size_t count = bt__parameter_count();
  bt__.parameter_numbers = (double *)bt__resize(bt__.parameter_numbers, count, sizeof(double));
  for (size_t i = 0; i < count; i++) {
    const bt_parameter *p = &bt__.strategy->parameters[i];
    size_t node = given ? bt__member(r, given, p->name) : 0;
    if (node == 0 && (p->rules & BT_REQUIRED)) return bt__refuse_parameter(id, p->name, "is required");
    char type = bt__type(r, node);
    double value = node ? bt__double(r, node) : p->value;
    int fits = node == 0 || (p->type == BT_STRING ? type == '"' : p->type == BT_BOOLEAN ? type == 't' || type == 'f' : type == '0');
    if (p->type == BT_INTEGER && fits) fits = value > -9.1e15 && value < 9.1e15 && value == (double)(long long)value;
    if (!fits) {
      char problem[64];
      snprintf(problem, sizeof problem, "must be of type %s", bt__type_names[p->type]);
      return bt__refuse_parameter(id, p->name, problem);
    }
    if (((p->rules & BT_MINIMUM) && value < p->minimum) || ((p->rules & BT_ABOVE) && value <= p->minimum) ||
        ((p->rules & BT_MAXIMUM) && value > p->maximum) || ((p->rules & BT_BELOW) && value >= p->maximum)) {
      return bt__refuse_parameter(id, p->name, "is out of its range");
    }
    bt__.parameter_numbers[i] = value;
    free(bt__.parameter_texts[i]);
    bt__.parameter_texts[i] = bt__copy(node && p->type == BT_STRING ? bt__string(r, node) : p->text ? p->text : "");
  }
  if (bt__type(r, given) != '{') return 1;
  for (size_t i = given + 1; i < r->nodes[given].end; i = r->nodes[i + 1].end) {
    const char *name = bt__string(r, i);
    size_t known = 0;
    while (known < count && strcmp(bt__.strategy->parameters[known].name, name) != 0) known++;
    if (known == count) return bt__refuse_parameter(id, name, "does not exist");
  }
  return 1;
}

/* ------------------------------------------------------------------------------------------------------------- orders */

/* Opens an action: {"do":"order", with the bar it belongs to where bars come in chunks. */
static bt__text *bt__begin_action(const char *kind) {
  bt__text *text = &bt__.actions;
  bt__puts(text, text->count ? ",{" : "{");
  if (bt__.is_stamped) {
    bt__puts(text, "\"bar_index\":");
    bt__put_integer(text, bt__.context.index);
    bt__puts(text, ",");
  }
  bt__puts(text, "\"do\":\"");
  bt__puts(text, kind);
  bt__puts(text, "\"");
  return text;
}

static void bt__put_member(bt__text *text, const char *name, double value) {
  bt__puts(text, ",\"");
  bt__puts(text, name);
  bt__puts(text, "\":");
  if (isfinite(value)) {
    bt__put_number(text, value);
  } else {
    bt__puts(text, "0");
    bt_fail(&bt__.context, "%s is %s, not a number that can be sent", name, isnan(value) ? "NaN" : "infinite");
  }
}

static void bt__put_text_member(bt__text *text, const char *name, const char *value) {
  if (value == NULL) return;
  bt__puts(text, ",\"");
  bt__puts(text, name);
  bt__puts(text, "\":");
  if (bt__is_utf8(value, strlen(value))) {
    bt__put_string(text, value);
  } else {
    bt__puts(text, "\"\"");
    bt_fail(&bt__.context, "%s is not UTF-8", name);
  }
}

static void bt__order(const char *side, const bt_request *request) {
  bt__text *text = bt__begin_action("order");
  bt__put_text_member(text, "side", side);
  if (request) {
    const struct { const char *name; double value; } numbers[] = {
      {"quantity", request->quantity}, {"fraction", request->fraction}, {"limit_price", request->limit_price},
      {"stop_price", request->stop_price}, {"stop_loss", request->stop_loss}, {"take_profit", request->take_profit}};
    bt__put_text_member(text, "symbol", request->symbol);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
      if (numbers[i].value != 0) bt__put_member(text, numbers[i].name, numbers[i].value);
    }
    bt__put_text_member(text, "tag", request->tag);
    bt__put_text_member(text, "client_order_id", request->client_order_id);
  }
  bt__puts(text, "}");
}

void bt_buy(bt_context *ctx, const bt_request *request) { (void)ctx, bt__order("buy", request); }
void bt_sell(bt_context *ctx, const bt_request *request) { (void)ctx, bt__order("sell", request); }

void bt_close(bt_context *ctx, long long trade_id, double portion) {
  (void)ctx;
  bt__text *text = bt__begin_action("close");
  if (trade_id) bt__put_member(text, "trade_id", (double)trade_id);
  if (portion != 1) bt__put_member(text, "portion", portion);
  bt__puts(text, "}");
}

void bt_cancel(bt_context *ctx, long long order_id) {
  (void)ctx;
  bt__text *text = bt__begin_action("cancel");
  bt__put_member(text, "order_id", (double)order_id);
  bt__puts(text, "}");
}

void bt_cancel_named(bt_context *ctx, const char *client_order_id) {
  (void)ctx;
  bt__text *text = bt__begin_action("cancel");
  bt__put_text_member(text, "client_order_id", client_order_id);
  bt__puts(text, "}");
}

static void bt__amend(long long trade_id, const char *name, double price) {
  bt__text *text = bt__begin_action("amend");
  bt__put_member(text, "trade_id", (double)trade_id);
  if (isnan(price)) {
    bt__puts(text, ",\"");
    bt__puts(text, name);
    bt__puts(text, "\":null");
  } else {
    bt__put_member(text, name, price);
  }
  bt__puts(text, "}");
}

void bt_set_stop_loss(bt_context *ctx, long long trade_id, double price) { (void)ctx, bt__amend(trade_id, "stop_loss", price); }
void bt_set_take_profit(bt_context *ctx, long long trade_id, double price) { (void)ctx, bt__amend(trade_id, "take_profit", price); }

void bt_annotate(bt_context *ctx, const char *name, double value) {
  if (isinf(value)) {
    bt_fail(ctx, "the value %s noted for charts is infinite", name);
    return;
  }
  size_t place = 0;
  while (place < bt__.note_count && strcmp(bt__.notes[place].name, name) != 0) place++;
  if (place == bt__.note_count) {
    if (!bt__is_utf8(name, strlen(name))) {
      bt_fail(ctx, "the name of a value noted for charts is not UTF-8");
      return;
    }
    bt__.notes = (bt__note *)bt__resize(bt__.notes, place + 1, sizeof *bt__.notes);
    bt__note fresh = {bt__copy(name), NULL, 0, 0};
    bt__.notes[place] = fresh;
    bt__.note_count++;
  }
  bt__note *note = &bt__.notes[place];
  if (!note->is_used) {
    if (note->capacity < bt__.chunk_count) {
      note->values = (double *)bt__resize(note->values, bt__.chunk_count, sizeof(double));
      note->capacity = bt__.chunk_count;
    }
    for (size_t i = 0; i < bt__.chunk_count; i++) note->values[i] = NAN;
    note->is_used = 1;
  }
  note->values[bt__.chunk_place] = value;
}

void bt_summary(bt_context *ctx, const char *name, double value) {
  (void)ctx;
  bt__puts(&bt__.summary, bt__.summary.count ? "," : "");
  bt__put_string(&bt__.summary, name);
  bt__puts(&bt__.summary, ":");
  if (isfinite(value)) bt__put_number(&bt__.summary, value);
  else bt__puts(&bt__.summary, "null");
}

void bt_need_bars(bt_context *ctx, long long bars) {
  if (!bt__.is_in_init || bars < 0) {
    bt_fail(ctx, bars < 0 ? "bt_need_bars() was given a number below 0" : "bt_need_bars() was called outside init");
  } else if (bars <= bt__.run.bars_total && bars > bt__.warmup_bars) {
    bt__.warmup_bars = bars;
  }
}

/* ---------------------------------------------------------------------------------------------------------- the account */

/* A symbol as the run's own string, so that it outlives the message. */
static const char *bt__symbol(const bt__reader *r, size_t object) {
  const char *symbol = bt__string_of(r, object, "symbol");
  for (size_t i = 0; symbol && i < bt__.run.symbol_count; i++) {
    if (strcmp(bt__.symbols[i], symbol) == 0) return bt__.symbols[i];
  }
  return "";
}

/* A text as a copy in a pool that was made large enough for all of them. */
static const char *bt__keep(bt__text *pool, const char *string) {
  if (string == NULL) return NULL;
  char *copy = pool->bytes + pool->count;
  bt__put(pool, string, strlen(string) + 1);
  return copy;
}

static void bt__take_trades(const bt__reader *r, size_t list) {
  size_t count = bt__length(r, list), place = 0;
  bt__.trades = (bt_trade *)bt__resize(bt__.trades, count, sizeof(bt_trade));
  bt__.trade_strings.count = 0;
  bt__reserve(&bt__.trade_strings, r->size + 64);
  bt__.context.position = 0;
  for (size_t i = list + 1; place < count; i = r->nodes[i].end, place++) {
    bt_trade trade = {
      bt__integer_of(r, i, "trade_id"), bt__symbol(r, i), bt__number_of(r, i, "quantity"), bt__number_of(r, i, "entry_price"),
      bt__integer_of(r, i, "entry_index"), bt__number_of(r, i, "stop_loss"), bt__number_of(r, i, "take_profit"),
      bt__keep(&bt__.trade_strings, bt__string_of(r, i, "tag"))};
    bt__.trades[place] = trade;
    bt__.context.position += trade.quantity;
  }
  bt__.context.trades = bt__.trades;
  bt__.context.trade_count = count;
}

static void bt__take_orders(const bt__reader *r, size_t list) {
  size_t count = bt__length(r, list), place = 0;
  bt__text *pool = &bt__.order_strings;
  bt__.orders = (bt_order *)bt__resize(bt__.orders, count, sizeof(bt_order));
  pool->count = 0;
  bt__reserve(pool, r->size + 64);
  for (size_t i = list + 1; place < count; i = r->nodes[i].end, place++) {
    bt_order order = {
      bt__integer_of(r, i, "order_id"), bt__keep(pool, bt__string_of(r, i, "client_order_id")),
      bt__keep(pool, bt__string_of(r, i, "role")), bt__symbol(r, i), bt__keep(pool, bt__string_of(r, i, "side")),
      bt__number_of(r, i, "quantity"), bt__number_of(r, i, "fraction"), bt__number_of(r, i, "limit_price"),
      bt__number_of(r, i, "stop_price"), bt__number_of(r, i, "stop_loss"), bt__number_of(r, i, "take_profit"),
      bt__keep(pool, bt__string_of(r, i, "tag")), bt__integer_of(r, i, "trade_id")};
    bt__.orders[place] = order;
  }
  bt__.context.orders = bt__.orders;
  bt__.context.order_count = count;
}

/* Events and closed trades are looked at on this bar only: their texts stay in the message. */
static void bt__take_events(const bt__reader *r, size_t list) {
  size_t count = bt__length(r, list), place = 0;
  bt__.events = (bt_event *)bt__resize(bt__.events, count, sizeof(bt_event));
  for (size_t i = list + 1; place < count; i = r->nodes[i].end, place++) {
    size_t reason = bt__member(r, i, "reason");
    bt_event event = {
      bt__integer_of(r, i, "seq"), bt__string_of(r, i, "kind"), bt__integer_of(r, i, "index"), bt__integer_of(r, i, "time"),
      bt__integer_of(r, i, "order_id"), bt__string_of(r, i, "client_order_id"), bt__string_of(r, i, "role"), bt__symbol(r, i),
      bt__string_of(r, i, "side"), bt__number_of(r, i, "quantity"), bt__number_of(r, i, "price"),
      bt__number_of(r, i, "commission"), bt__integer_of(r, i, "trade_id"), reason ? bt__string_of(r, reason, "code") : NULL,
      reason ? bt__string_of(r, reason, "message") : NULL};
    bt__.events[place] = event;
  }
  bt__.context.events = bt__.events;
  bt__.context.event_count = count;
}

static void bt__take_closed(const bt__reader *r, size_t list) {
  size_t count = bt__length(r, list), place = 0;
  bt__.closed = (bt_closed_trade *)bt__resize(bt__.closed, count, sizeof(bt_closed_trade));
  for (size_t i = list + 1; place < count; i = r->nodes[i].end, place++) {
    bt_closed_trade trade = {
      bt__integer_of(r, i, "trade_id"), bt__symbol(r, i), bt__number_of(r, i, "quantity"), bt__integer_of(r, i, "entry_index"),
      bt__integer_of(r, i, "exit_index"), bt__integer_of(r, i, "entry_time"), bt__integer_of(r, i, "exit_time"),
      bt__number_of(r, i, "entry_price"), bt__number_of(r, i, "exit_price"), bt__number_of(r, i, "pnl"),
      bt__number_of(r, i, "return_pct"), bt__number_of(r, i, "commission"), bt__number_of(r, i, "stop_loss"),
      bt__number_of(r, i, "take_profit"), bt__string_of(r, i, "tag")};
    bt__.closed[place] = trade;
  }
  bt__.context.closed = bt__.closed;
  bt__.context.closed_count = count;
}

/* What a bar/next leaves out is unchanged, but events and closed trades. */
static void bt__take_account(const bt__reader *r, size_t params) {
  size_t account = bt__member(r, params, "account"), list;
  if (account) bt__.context.cash = bt__number_of(r, account, "cash"), bt__.context.equity = bt__number_of(r, account, "equity");
  if ((list = bt__member(r, params, "trades"))) bt__take_trades(r, list);
  if ((list = bt__member(r, params, "orders"))) bt__take_orders(r, list);
  bt__.context.event_count = bt__.context.closed_count = 0;
  if ((list = bt__member(r, params, "events"))) bt__take_events(r, list);
  if ((list = bt__member(r, params, "closed"))) bt__take_closed(r, list);
}

/* ---------------------------------------------------------------------------------------------------------------- bars */

/* Shows the bars in bt__.bars to the strategy. */
static void bt__step(long long index, long long time, int warmup) {
  bt_context *ctx = &bt__.context;
  ctx->index = index, ctx->time = time, ctx->warmup = warmup;
  for (size_t i = 0; i < bt__.run.symbol_count; i++) bt__.bars[i].index = index, bt__.bars[i].time = time;
  const bt_bar *first = bt__.run.symbol_count && !bt__.bars[0].is_missing ? &bt__.bars[0] : NULL;
  /* Without a bar there is nothing to decide on. */
  if (first || bt__.strategy->multi_symbol) bt__.strategy->on_bar(ctx, first);
}

/* Takes one symbol's row [open, high, low, close, volume]; 0 stands for none. */
static void bt__take_row(const bt__reader *r, size_t row, bt_bar *bar) {
  bar->is_missing = bt__length(r, row) < 5;
  if (bar->is_missing) return;
  size_t node = row + 1;
  double *const fields[] = {&bar->open, &bar->high, &bar->low, &bar->close, &bar->volume};
  for (size_t i = 0; i < 5; i++, node = r->nodes[node].end) *fields[i] = bt__double(r, node);
}

static double *bt__column(size_t symbol, int column) {
  return bt__.columns + (symbol * BT__COLUMNS + (size_t)column) * (size_t)bt__.run.bars_total;
}

static void bt__take_loaded_row(long long index) {
  for (size_t i = 0; i < bt__.run.symbol_count; i++) {
    bt_bar *bar = &bt__.bars[i];
    bar->is_missing = bt__.columns == NULL || index < 0 || index >= bt__.run.bars_total || isnan(bt__column(i, BT__CLOSE)[index]);
    if (bar->is_missing) continue;
    bar->open = bt__column(i, BT__OPEN)[index], bar->high = bt__column(i, BT__HIGH)[index];
    bar->low = bt__column(i, BT__LOW)[index], bar->close = bt__column(i, BT__CLOSE)[index];
    bar->volume = bt__column(i, BT__VOLUME)[index];
  }
}

/* Opens a request of `count` bars. */
static void bt__open_chunk(size_t count) {
  bt__.actions.count = 0;
  bt__.chunk_count = count;
  bt__.chunk_place = 0;
  for (size_t i = 0; i < bt__.note_count; i++) bt__.notes[i].is_used = 0;
}

/* Answers a request with the actions and chart values since bt__open_chunk, or with the strategy's failure. */
static void bt__answer_chunk(size_t id, int in_lists) {
  if (bt__answer_failure(id)) return;
  bt__text *text = bt__begin(id, "result");
  bt__puts(text, "{");
  if (bt__.actions.count) {
    bt__puts(text, "\"actions\":[");
    bt__put(text, bt__.actions.bytes, bt__.actions.count);
    bt__puts(text, "]");
  }
  const char *comma = bt__.actions.count ? ",\"annotations\":{" : "\"annotations\":{", *close = "";
  for (size_t i = 0; i < bt__.note_count; i++) {
    bt__note *note = &bt__.notes[i];
    if (!note->is_used) continue;
    bt__puts(text, comma);
    bt__put_string(text, note->name);
    bt__puts(text, in_lists ? ":[" : ":");
    for (size_t k = 0; k < bt__.chunk_count; k++) {
      if (k) bt__puts(text, ",");
      if (isnan(note->values[k])) bt__puts(text, "null");
      else bt__put_number(text, note->values[k]);
    }
    if (in_lists) bt__puts(text, "]");
    comma = ",", close = "}";
  }
  bt__puts(text, close);
  bt__puts(text, "}}");
  bt__send(text);
}

static int bt__is_warmup(long long index) { return index < (bt__.warmup_bars > 1 ? bt__.warmup_bars : 1); }

static void bt__bar_next(size_t id, size_t params) {
  const bt__reader *r = &bt__.reader;
  long long index = bt__integer_of(r, params, "index");
  bt__open_chunk(1);
  bt__take_account(r, params);
  if (bt__.is_preload) {
    bt__take_loaded_row(index);
  } else {
    size_t bars = bt__member(r, params, "bars");
    for (size_t i = 0; i < bt__.run.symbol_count; i++) bt__take_row(r, bars ? bt__member(r, bars, bt__.symbols[i]) : 0, &bt__.bars[i]);
  }
  bt__step(index, bt__integer_of(r, params, "time"), bt__type(r, bt__member(r, params, "warmup")) == 't');
  bt__answer_chunk(id, 0);
}

static void bt__bars_next(size_t id, size_t params) {
  const bt__reader *r = &bt__.reader;
  long long first = bt__integer_of(r, params, "first_index");
  size_t times = bt__member(r, params, "times"), bars = bt__member(r, params, "bars"), count = bt__length(r, times);
  size_t *rows = (size_t *)bt__resize(NULL, bt__.run.symbol_count, sizeof(size_t));
  for (size_t i = 0; i < bt__.run.symbol_count; i++) {
    size_t list = bars ? bt__member(r, bars, bt__.symbols[i]) : 0;
    rows[i] = bt__length(r, list) == count && count ? list + 1 : 0;
  }
  bt__open_chunk(count);
  for (size_t node = times + 1; bt__.chunk_place < count && bt__.failure == NULL; node = r->nodes[node].end, bt__.chunk_place++) {
    for (size_t i = 0; i < bt__.run.symbol_count; i++) {
      bt__take_row(r, rows[i], &bt__.bars[i]);
      if (rows[i]) rows[i] = r->nodes[rows[i]].end;
    }
    long long index = first + (long long)bt__.chunk_place;
    bt__step(index, bt__integer(r, node), bt__is_warmup(index));
  }
  free(rows);
  bt__answer_chunk(id, 1);
}

/* Shows `count` loaded bars from `first` on. */
static void bt__replay(long long first, long long count) {
  bt__open_chunk(count > 0 ? (size_t)count : 0);
  for (long long index = first; index < first + count && bt__.failure == NULL; index++, bt__.chunk_place++) {
    bt__take_loaded_row(index);
    bt__step(index, bt__.columns ? (long long)bt__column(0, BT__TIME)[index] : 0, bt__is_warmup(index));
  }
}

/* A little-endian double or 64-bit integer. */
static double bt__number(const unsigned char bytes[8], int is_integer) {
  uint64_t pattern = 0;
  double value;
  for (int k = 7; k >= 0; k--) pattern = pattern << 8 | bytes[k];
  if (is_integer) return pattern >> 63 ? -(double)(~pattern + 1) : (double)pattern;
  memcpy(&value, &pattern, 8);
  return value;
}

/* Decodes base64 of little-endian values of 8 bytes; returns 0 when the text is not `count` of them. */
static int bt__decode(const char *text, size_t size, size_t count, int is_integer, double *values) {
  unsigned char bytes[8];
  size_t filled = 0, done = 0;
  uint32_t group = 0;
  int bits = 0;
  for (size_t i = 0; i < size && text[i] != '='; i++) {
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    static signed char table[256];
    if (table['B'] == 0) {
      memset(table, -1, sizeof table);
      for (int k = 0; k < 64; k++) table[(unsigned char)alphabet[k]] = (signed char)k;
    }
    int value = table[(unsigned char)text[i]];
    if (value < 0) return 0;
    group = (group << 6 | (uint32_t)value) & 0xFFFFF;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes[filled++] = (unsigned char)(group >> bits);
    if (filled < 8) continue;
    if (done == count) return 0;
    values[done++] = bt__number(bytes, is_integer);
    filled = 0;
  }
  return filled == 0 && done == count;
}

/* Reads little-endian doubles or 64-bit integers from a file; returns whether it holds exactly as many or more. */
static int bt__read_file(const char *path, long long offset, size_t count, int is_integer, double *values) {
  FILE *file = path && offset >= 0 && offset <= LONG_MAX ? fopen(path, "rb") : NULL;
  if (file == NULL) return 0;
  unsigned char bytes[8 * 512];
  size_t done = 0;
  int ok = fseek(file, (long)offset, SEEK_SET) == 0;
  while (ok && done < count) {
    size_t wanted = count - done < 512 ? count - done : 512;
    ok = fread(bytes, 8, wanted, file) == wanted;
    for (size_t i = 0; ok && i < wanted; i++) values[done++] = bt__number(bytes + 8 * i, is_integer);
  }
  fclose(file);
  return ok;
}

static void bt__series_load(size_t id, size_t params) {
  static const char *const names[BT__COLUMNS] = {"time", "open", "high", "low", "close", "volume"};
  const bt__reader *r = &bt__.reader;
  size_t symbol = 0, columns = bt__member(r, params, "columns");
  const char *name = bt__string_of(r, params, "symbol");
  while (symbol < bt__.run.symbol_count && (name == NULL || strcmp(bt__.symbols[symbol], name) != 0)) symbol++;
  long long offset = bt__integer_of(r, params, "offset"), count = bt__integer_of(r, params, "count");
  if (symbol == bt__.run.symbol_count || offset < 0 || count < 0 || offset > bt__.run.bars_total || count > bt__.run.bars_total - offset) {
    bt__refuse_params(id, "the rows or the symbol do not belong to the run");
    return;
  }
  if (bt__.columns == NULL) {
    size_t total = bt__.run.symbol_count * BT__COLUMNS * (size_t)bt__.run.bars_total;
    bt__.columns = (double *)bt__resize(NULL, total, sizeof(double));
    for (size_t i = 0; i < total; i++) bt__.columns[i] = NAN;
  }
  for (int k = 0; k < BT__COLUMNS; k++) {
    size_t column = columns ? bt__member(r, columns, names[k]) : 0;
    size_t data = column ? bt__member(r, column, "data") : 0;
    const char *encoding = column ? bt__string_of(r, column, "encoding") : NULL, *dtype = column ? bt__string_of(r, column, "dtype") : NULL;
    double *values = bt__column(symbol, k) + offset;
    int ok = 0;
    if (encoding && strcmp(encoding, "json") == 0) {
      ok = bt__length(r, data) == (size_t)count;
      size_t node = data + 1;
      for (long long i = 0; ok && i < count; i++, node = r->nodes[node].end) values[i] = bt__double(r, node);
    } else if (encoding && strcmp(encoding, "f64le+base64") == 0 && bt__type(r, data) == '"') {
      ok = bt__decode(bt__string(r, data), r->nodes[data].count, (size_t)count, dtype && strcmp(dtype, "i64") == 0, values);
    } else if (encoding && strcmp(encoding, "f64le+file") == 0) {
      ok = bt__read_file(bt__string_of(r, column, "path"), bt__integer_of(r, column, "offset"), (size_t)count,
                         dtype && strcmp(dtype, "i64") == 0, values);
    }
    if (!ok) {
      char message[96];
      snprintf(message, sizeof message, "/columns/%s does not hold count values in an encoding read here", names[k]);
      bt__refuse_params(id, message);
      return;
    }
  }
  if (bt__.is_preload && bt__type(r, bt__member(r, params, "last")) == 't') {
    /* The host does not ask about the bars of the warm-up in this mode. */
    long long first = bt__.warmup_bars > 1 ? bt__.warmup_bars : 1;
    bt__replay(0, first < bt__.run.bars_total ? first : bt__.run.bars_total);
    if (bt__.actions.count) bt_log(&bt__.context, "warning", "orders placed during the warm-up were dropped; return early while ctx->warmup is true");
    if (bt__answer_failure(id)) return;
  }
  bt__text *text = bt__begin(id, "result");
  bt__puts(text, "{\"received\":");
  bt__put_integer(text, count);
  bt__puts(text, "}}");
  bt__send(text);
}

static void bt__series_evaluate(size_t id, size_t params) {
  const bt__reader *r = &bt__.reader;
  long long first = bt__integer_of(r, params, "first_index"), count = bt__integer_of(r, params, "count");
  if (first < 0 || count < 0 || first > bt__.run.bars_total || count > bt__.run.bars_total - first) {
    bt__refuse_params(id, "first_index and count do not lie in the run");
    return;
  }
  bt__replay(first, count);
  bt__answer_chunk(id, 1);
}

/* ------------------------------------------------------------------------------------------------------------ the run */

static void bt__forget_run(void) {
  for (size_t i = 0; i < bt__.run.symbol_count; i++) free(bt__.symbols[i]);
  free(bt__.symbols), free((char *)bt__.run.run_id), free((char *)bt__.run.mode), free((char *)bt__.run.timeframe);
  free(bt__.bars), free(bt__.columns), free(bt__.failure);
  for (size_t i = 0; i < bt__.note_count; i++) free(bt__.notes[i].name), free(bt__.notes[i].values);
  bt__.note_count = 0;
  bt__.symbols = NULL, bt__.bars = NULL, bt__.columns = NULL, bt__.failure = NULL;
  memset(&bt__.run, 0, sizeof bt__.run);
  memset(&bt__.context, 0, sizeof bt__.context);
  bt__.is_running = bt__.has_failed = 0;
}

static int bt__offers(const char *mode) {
  if (strcmp(mode, "lockstep") == 0 || strcmp(mode, "preload") == 0) return 1;
  return bt__.strategy->prices_only && (strcmp(mode, "streamed") == 0 || strcmp(mode, "vectorized") == 0);
}

static void bt__run_start(size_t id, size_t params) {
  const bt__reader *r = &bt__.reader;
  bt__forget_run();
  const char *mode = bt__string_of(r, params, "mode"), *run_id = bt__string_of(r, params, "run_id");
  size_t symbols = bt__member(r, params, "symbols"), count = bt__length(r, symbols);
  double total = bt__number_of(r, params, "bars_total");
  if (run_id == NULL || mode == NULL || !(total >= 0 && total < 1e12)) {
    bt__refuse_params(id, "run/start lacks run_id, mode or bars_total");
    return;
  }
  if (!bt__offers(mode) || (count > 1 && !bt__.strategy->multi_symbol)) {
    bt__refuse(id, 1004, "capability_missing", bt__offers(mode) ? "the strategy trades one symbol" : "the strategy does not offer this mode",
      ",\"hint\":\"choose another mode or strategy\",\"retryable\":false");
    return;
  }
  if (!bt__take_parameters(id, bt__member(r, params, "parameters"))) return;
  size_t account = bt__member(r, params, "account"), execution = bt__member(r, params, "execution");
  const char *timeframe = bt__string_of(r, params, "timeframe");
  bt_run *run = &bt__.run;
  bt__.symbols = (char **)bt__resize(NULL, count, sizeof(char *));
  bt__.bars = (bt_bar *)bt__resize(NULL, count, sizeof(bt_bar));
  for (size_t node = symbols + 1; run->symbol_count < count; node = r->nodes[node].end) {
    const char *symbol = bt__string_of(r, node, "symbol");
    bt_bar bar = {0};
    bt__.symbols[run->symbol_count] = bt__copy(symbol ? symbol : "");
    bar.symbol = bt__.symbols[run->symbol_count];
    bt__.bars[run->symbol_count++] = bar;
  }
  run->run_id = bt__copy(run_id), run->mode = bt__copy(mode), run->timeframe = timeframe ? bt__copy(timeframe) : NULL;
  run->symbols = (const char *const *)bt__.symbols;
  run->start = bt__integer_of(r, params, "start"), run->end = bt__integer_of(r, params, "end");
  run->bars_total = (long long)total, run->seed = bt__integer_of(r, params, "seed");
  if (account) run->initial_cash = bt__number_of(r, account, "initial_cash"), run->leverage = bt__number_of(r, account, "leverage");
  if (execution) {
    run->spread = bt__number_of(r, execution, "spread"), run->margin = bt__number_of(r, execution, "margin");
    run->hedging = bt__type(r, bt__member(r, execution, "hedging")) == 't';
    run->exclusive_orders = bt__type(r, bt__member(r, execution, "exclusive_orders")) == 't';
  }
  bt_context *ctx = &bt__.context;
  ctx->run = run, ctx->bars = bt__.bars, ctx->user = bt__.strategy->user, ctx->index = -1, ctx->warmup = 1;
  ctx->cash = ctx->equity = bt__.strategy->prices_only ? NAN : run->initial_cash;
  ctx->position = bt__.strategy->prices_only ? NAN : 0;
  bt__.is_preload = strcmp(mode, "preload") == 0;
  bt__.is_stamped = strcmp(mode, "streamed") == 0 || strcmp(mode, "vectorized") == 0;
  bt__.warmup_bars = 0;
  bt__.is_running = 1;
  bt__open_chunk(1);
  bt__.is_in_init = 1;
  if (bt__.strategy->init) bt__.strategy->init(ctx);
  if (bt__.actions.count) bt_fail(ctx, "orders were placed in init; place them in on_bar");
  int failed = bt__answer_failure(id);
  bt__.is_in_init = 0;
  if (failed) return;
  bt__text *text = bt__begin(id, "result");
  bt__puts(text, "{\"mode\":");
  bt__put_string(text, mode);
  bt__puts(text, ",\"warmup_bars\":");
  bt__put_integer(text, bt__.warmup_bars);
  bt__puts(text, "}}");
  bt__send(text);
}

static void bt__run_end(size_t id, size_t params) {
  const char *reason = bt__string_of(&bt__.reader, params, "reason");
  bt__.summary.count = 0;
  bt__open_chunk(1);
  if (bt__.strategy->end) bt__.strategy->end(&bt__.context, reason ? reason : "completed");
  if (!bt__answer_failure(id)) {
    bt__text *text = bt__begin(id, "result");
    if (bt__.summary.count) {
      bt__puts(text, "{\"summary\":{");
      bt__put(text, bt__.summary.bytes, bt__.summary.count);
      bt__puts(text, "}}}");
    } else {
      bt__puts(text, "{}}");
    }
    bt__send(text);
  }
  bt__forget_run();
}

static void bt__initialize(size_t id, size_t params) {
  const char *requested = bt__string_of(&bt__.reader, params, "protocol_version");
  if (bt__.is_initialized) {
    bt__refuse(id, 1003, "already_initialized", "initialize came twice", "");
    return;
  }
  if (requested == NULL || strncmp(requested, "1.", 2) != 0) {
    bt__text more = {NULL, 0, 0};
    bt__puts(&more, ",\"hint\":\"update the strategy's backtester.h, or the host\",\"retryable\":false,\"supported\":[\"" BT_PROTOCOL_VERSION "\"],\"requested\":");
    bt__put_string(&more, requested ? requested : "");
    bt__put(&more, "", 1);
    bt__refuse(id, 1002, "unsupported_protocol_version", "this strategy speaks protocol " BT_PROTOCOL_VERSION, more.bytes);
    free(more.bytes);
    return;
  }
  const bt_strategy *s = bt__.strategy;
  bt__text *text = bt__begin(id, "result");
  bt__puts(text, "{\"protocol_version\":\"" BT_PROTOCOL_VERSION "\",\"strategy\":{\"name\":");
  bt__put_string(text, s->name);
  bt__put_text_member(text, "version", s->version);
  bt__put_text_member(text, "description", s->description);
  bt__puts(text, ",\"language\":\"c\",\"sdk\":\"" BT_SDK "\"},\"capabilities\":{\"modes\":[\"lockstep\",\"preload\"");
  if (s->prices_only) bt__puts(text, ",\"streamed\",\"vectorized\"");
  bt__puts(text, "],\"needs_account\":");
  bt__puts(text, s->prices_only ? "false" : "true");
  bt__puts(text, ",\"needs_events\":");
  bt__puts(text, s->prices_only || s->without_events ? "false" : "true");
  bt__puts(text, ",\"multi_symbol\":");
  bt__puts(text, s->multi_symbol ? "true" : "false");
  bt__puts(text, ",\"encodings\":[\"f64le+file\",\"f64le+base64\",\"json\"],\"max_message_bytes\":");
  bt__put_integer(text, BT__LONGEST_LINE);
  bt__puts(text, ",\"reuse\":true},\"parameters\":");
  bt__put_schema(text);
  bt__puts(text, "}}");
  bt__send(text);
  bt__.is_initialized = 1;
}

static void bt__request(size_t id, const char *method, size_t params) {
  static const struct {
    const char *method;
    const char *modes; /* the modes it belongs to */
    void (*answer)(size_t id, size_t params);
  } requests[] = {
    {"bar/next", "lockstep preload", bt__bar_next}, {"bars/next", "streamed", bt__bars_next},
    {"series/load", "preload vectorized", bt__series_load}, {"series/evaluate", "vectorized", bt__series_evaluate},
    {"run/end", "lockstep preload streamed vectorized", bt__run_end}};
  const char *run_id = bt__string_of(&bt__.reader, params, "run_id");
  char message[160];
  snprintf(message, sizeof message, "unknown method %.100s", method);
  if (strcmp(method, "initialize") == 0) {
    bt__initialize(id, params);
    return;
  }
  if (strcmp(method, "shutdown") == 0) {
    bt__text *text = bt__begin(id, "result");
    bt__puts(text, "{}}");
    bt__send(text);
    return;
  }
  size_t place = 0;
  while (place < 5 && strcmp(requests[place].method, method) != 0) place++;
  if (place == 5 && strcmp(method, "run/start") != 0) {
    bt__refuse(id, -32601, "method_not_found", bt__is_utf8(message, strlen(message)) ? message : "unknown method", "");
  } else if (!bt__.is_initialized) {
    bt__refuse(id, 1001, "not_initialized", "initialize must come first", "");
  } else if (place == 5) {
    bt__run_start(id, params);
  } else if (!bt__.is_running || run_id == NULL || strcmp(run_id, bt__.run.run_id) != 0) {
    bt__refuse(id, 3001, "unknown_run", "there is no run of that id", "");
  } else if (strstr(requests[place].modes, bt__.run.mode) == NULL || (bt__.has_failed && place != 4)) {
    bt__refuse(id, -32600, "invalid_request", "the request does not belong to this run: it failed, or its mode has no such request", "");
  } else {
    requests[place].answer(id, params);
  }
}

/* Answers one line; returns 0 when the host says goodbye. */
static int bt__handle(char *line, size_t size) {
  bt__reader *r = &bt__.reader;
  size_t blank = 0;
  while (blank < size && strchr(" \t\r", line[blank]) && line[blank]) blank++;
  if (blank == size) return 1;
  if (!bt__read(r, line, size)) {
    char message[128];
    snprintf(message, sizeof message, "the line is not JSON: %s", r->fault);
    bt__refuse(0, -32700, "parse_error", message, "");
    return 1;
  }
  if (r->nodes[0].type != '{') {
    bt__refuse(0, -32600, "invalid_request", "a message must be an object; batches are not supported", "");
    return 1;
  }
  size_t id = bt__member(r, 0, "id"), params = bt__member(r, 0, "params");
  const char *method = bt__string_of(r, 0, "method"), *version = bt__string_of(r, 0, "jsonrpc");
  if (version == NULL || strcmp(version, "2.0") != 0 || method == NULL) {
    bt__refuse(id, -32600, "invalid_request", method ? "jsonrpc must be \"2.0\"" : "the message has no method", "");
  } else if (id == 0) {
    return strcmp(method, "exit") != 0;
  } else if (bt__type(r, params) != '{') {
    bt__refuse_params(id, "params must be an object");
  } else {
    bt__request(id, method, params);
  }
  return 1;
}

/* Keeps the protocol's bytes apart from what is printed: the conversation moves to private descriptors, descriptor 1
 * becomes standard error, and descriptor 0 is empty. */
static void bt__claim_streams(void) {
  fflush(stdout);
  bt__.input = dup(0), bt__.output = dup(1);
  int empty = open("/dev/null", O_RDWR);
  if (bt__.input < 0 || bt__.output < 0 || empty < 0) {
    fprintf(stderr, "backtester.h: standard input or output is closed\n");
    exit(2);
  }
  fcntl(bt__.input, F_SETFD, FD_CLOEXEC), fcntl(bt__.output, F_SETFD, FD_CLOEXEC);
  dup2(empty, 0);
  if (dup2(2, 1) < 0) dup2(empty, 1);
  if (empty > 2) close(empty);
}

int bt_serve(const bt_strategy *strategy) {
  bt__.strategy = strategy;
  if (isatty(0)) {
    fprintf(stderr, "%s is a strategy for backtester, which starts it: backtester run PATH_OF_THIS_PROGRAM --sample GOOG\n", strategy->name);
    return 2;
  }
  bt__claim_streams();
  bt__.parameter_texts = (char **)bt__resize(NULL, bt__parameter_count(), sizeof(char *));
  for (size_t i = 0; i < bt__parameter_count(); i++) bt__.parameter_texts[i] = NULL;
  size_t capacity = 64 * 1024, start = 0, end = 0, scanned = 0;
  char *buffer = (char *)bt__resize(NULL, capacity, 1);
  int is_skipping = 0, code = 0;
  for (;;) {
    char *found = (char *)memchr(buffer + scanned, '\n', end - scanned);
    if (found) {
      size_t line = start;
      start = scanned = (size_t)(found - buffer) + 1;
      if (!is_skipping && !bt__handle(buffer + line, (size_t)(found - buffer) - line)) break;
      is_skipping = 0;
      continue;
    }
    scanned = end;
    if (end - start > BT__LONGEST_LINE) {
      if (!is_skipping) bt__refuse(0, 5001, "message_too_large", "a line is longer than 16 MiB", "");
      is_skipping = 1;
      start = end = scanned = 0;
    }
    if (start == end) start = end = scanned = 0;
    if (end == capacity && start > 0) {
      memmove(buffer, buffer + start, end - start);
      end -= start, scanned = end, start = 0;
    } else if (end == capacity) {
      capacity *= 2;
      buffer = (char *)bt__resize(buffer, capacity, 1);
    }
    ssize_t count = read(bt__.input, buffer + end, capacity - end);
    if (count > 0) {
      end += (size_t)count;
    } else if (count == 0) {
      break;
    } else if (errno == EAGAIN) {
      struct pollfd more = {bt__.input, POLLIN, 0};
      poll(&more, 1, -1);
    } else if (errno != EINTR) {
      fprintf(stderr, "backtester.h: reading failed: %s\n", strerror(errno));
      code = 1;
      break;
    }
  }
  bt__forget_run();
  for (size_t i = 0; i < bt__parameter_count(); i++) free(bt__.parameter_texts[i]);
  free(bt__.parameter_texts), free(bt__.parameter_numbers), free(bt__.notes), free(bt__.trades), free(bt__.orders);
  free(bt__.events), free(bt__.closed), free(bt__.trade_strings.bytes), free(bt__.order_strings.bytes);
  free(bt__.answer.bytes), free(bt__.actions.bytes), free(bt__.summary.bytes), free(bt__.reader.nodes), free(buffer);
  return code;
}

/* --------------------------------------------------------------------------------------------------------- indicators */

void bt_sma_init(bt_sma *average, long long period) {
  double *window = average->window;
  if (period < 1) period = 1;
  window = (double *)bt__resize(window, (size_t)period, sizeof(double));
  for (long long i = 0; i < period; i++) window[i] = NAN;
  bt_sma fresh = {period, window, 0, period, 0, 0, 0, 0, 0, NAN};
  *average = fresh;
}

void bt_sma_free(bt_sma *average) {
  free(average->window);
  average->window = NULL;
}

/* A running sum with one Kahan compensation for values that enter and one for values that leave. The order of the
 * operations decides the last bit; it must not be compiled with -ffast-math. */
double bt_sma_update(bt_sma *a, double value) {
  double leaving = a->window[a->place];
  a->window[a->place] = value;
  a->place = a->place + 1 == a->period ? 0 : a->place + 1;
  if (isfinite(leaving)) {
    double y = -leaving - a->remove_error, t = a->sum + y;
    a->remove_error = t - a->sum - y;
    a->sum = t;
    a->missing++;
    if (signbit(leaving)) a->negative--;
  }
  if (isfinite(value)) {
    double y = value - a->add_error, t = a->sum + y;
    a->add_error = t - a->sum - y;
    a->sum = t;
    a->missing--;
    if (signbit(value)) a->negative++;
    a->repeats = value == a->latest ? a->repeats + 1 : 1;
    a->latest = value;
  }
  if (a->missing > 0) return NAN;
  if (a->repeats >= a->period) return a->latest;
  double mean = a->sum / (double)a->period;
  if (mean < 0) return a->negative == 0 ? 0 : mean;
  return a->negative == a->period && mean > 0 ? 0 : mean;
}

void bt_ema_init(bt_ema *average, long long period) {
  bt_ema fresh = {period < 1 ? 1 : period, 0, NAN};
  *average = fresh;
}

double bt_ema_update(bt_ema *average, double value) {
  double alpha = 2 / (double)(average->period + 1), kept = (1 - alpha) * average->value, added = alpha * value;
  average->value = average->count == 0 ? value : kept + added;
  average->count++;
  return average->count < average->period ? NAN : average->value;
}

void bt_crossover_init(bt_crossover *crossover) { crossover->first = crossover->second = NAN; }

int bt_crossover_update(bt_crossover *crossover, double first, double second) {
  int crossed = crossover->first < crossover->second && first > second   ? 1
                : crossover->first > crossover->second && first < second ? -1
                                                                         : 0;
  crossover->first = first;
  crossover->second = second;
  return crossed;
}

#endif /* BACKTESTER_IMPLEMENTATION */
