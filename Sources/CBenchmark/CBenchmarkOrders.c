#include "CBenchmark.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

// What the host keeps of a closed trade, and of a step of an order.
typedef struct {
  int64_t number, instrument, entry, exit, entry_time, exit_time;
  double size, entry_price, exit_price, profit, share, commission, stop_loss, take_profit;
  const char *tag;
} trade;

typedef struct {
  int64_t bar, time, order, instrument;
  double size, price, commission;
  int64_t trade;
  uint8_t kind, role, side;
} event;

typedef struct {
  void *items;
  long count, room;
} list;

// The next place of a list, which grows by doubling; NULL when there is no memory.
static void *next_place(list *list, size_t size) {
  if (list->count == list->room) {
    long room = list->room ? 2 * list->room : 64;
    void *items = realloc(list->items, (size_t)room * size);
    if (!items) return NULL;
    list->items = items;
    list->room = room;
  }
  return (char *)list->items + (size_t)list->count++ * size;
}

// A rolling mean with the two compensations of pandas.
typedef struct {
  double sum, added, removed;
  long period, repeats;
} mean;

static double slide(mean *m, const double *values, long bar) {
  if (bar >= m->period) {
    double y = values[bar - m->period] + m->removed, t = m->sum - y;
    m->removed = t - m->sum + y;
    m->sum = t;
  }
  double y = values[bar] - m->added, t = m->sum + y;
  m->added = t - m->sum - y;
  m->sum = t;
  m->repeats = bar > 0 && values[bar] == values[bar - 1] ? m->repeats + 1 : 1;
  if (bar + 1 < m->period) return NAN;
  if (m->repeats >= m->period) return values[bar];
  double result = m->sum / (double)m->period;
  return result < 0 ? 0 : result;
}

enum { accepted, filled, rejected };
enum { entry_order, close_order };

cbenchmark_result cbenchmark_sma_cross_orders(const int64_t *times, const double *open, const double *close, long count,
                                              int fast_period, int slow_period, double cash, double commission) {
  list trades = {0}, events = {0};
  double *curve = malloc((size_t)count * sizeof *curve);
  mean fast = {.period = fast_period}, slow = {.period = slow_period};
  double held = 0, entry_price = 0, cost = 0, before_fast = NAN, before_slow = NAN;
  double share = 1 - 0x1p-52, equity = cash, peak = cash, worst = 0;
  long entry = 0, warm = (fast_period > slow_period ? fast_period : slow_period) - 1;
  int64_t orders = 0, trade_number = 0, close_number = 0, entry_number = 0;
  int signal = 0;
#define RECORD(...)                                                             \
  do {                                                                          \
    event *place = next_place(&events, sizeof(event));                          \
    if (!place) goto out_of_memory;                                             \
    *place = (event){__VA_ARGS__};                                              \
  } while (0)
  if (!curve) goto out_of_memory;
  for (long bar = 0; bar < count; bar++) {
    if (signal) {
      double price = open[bar];
      if (held != 0) {
        double exit_commission = fabs(held) * price * commission;
        double both = exit_commission + fabs(held) * entry_price * commission;
        double gross = held * (price - entry_price);
        cash += gross - exit_commission;
        trade *place = next_place(&trades, sizeof(trade));
        if (!place) goto out_of_memory;
        *place = (trade){trade_number,
                         0,
                         entry,
                         bar,
                         times[entry],
                         times[bar],
                         held,
                         entry_price,
                         price,
                         gross - both,
                         (held > 0 ? 1 : -1) * (price / entry_price - 1) - both / (fabs(held) * entry_price),
                         both,
                         NAN,
                         NAN,
                         NULL};
        RECORD(bar, times[bar], close_number, 0, fabs(held), price, exit_commission, trade_number, filled, close_order,
               held < 0);
        held = 0;
        cost = 0;
      }
      double unit_cost = price + share * price * commission / share;
      double power = (cash > 0 ? cash : 0) * share, units = floor(power / unit_cost);
      // Floor of the exact quotient, not of the rounded one.
      double rest = fma(-units, unit_cost, power);
      if (rest < 0) units -= 1;
      else if (rest >= unit_cost) units += 1;
      if (units >= 1 && units * unit_cost <= cash) {
        double paid = units * price * commission;
        cash -= paid;
        held = signal * units;
        cost = held * price;
        entry_price = price;
        entry = bar;
        RECORD(bar, times[bar], entry_number, 0, units, price, paid, ++trade_number, filled, entry_order, signal > 0);
      } else {
        RECORD(bar, times[bar], entry_number, 0, 0, NAN, 0, 0, rejected, entry_order, signal > 0);
      }
      signal = 0;
    }
    double price = close[bar];
    equity = cash + (price * held - cost);
    curve[bar] = equity;
    if (!(equity > 0)) break;
    if (equity > peak) peak = equity;
    if (peak - equity > worst) worst = peak - equity;
    double first = slide(&fast, close, bar), second = slide(&slow, close, bar);
    if (before_fast < before_slow && first > second) signal = 1;
    if (before_fast > before_slow && first < second) signal = -1;
    before_fast = first;
    before_slow = second;
    if (bar <= warm) signal = 0;
    if (signal) {
      if (held != 0) {
        close_number = ++orders;
        RECORD(bar, times[bar], close_number, 0, fabs(held), NAN, 0, trade_number, accepted, close_order, held < 0);
      }
      entry_number = ++orders;
      RECORD(bar, times[bar], entry_number, 0, 0, NAN, 0, 0, accepted, entry_order, signal > 0);
    }
  }
  cbenchmark_result result = {equity, worst, trades.count};
  free(curve);
  free(trades.items);
  free(events.items);
  return result;
out_of_memory:
  free(curve);
  free(trades.items);
  free(events.items);
  return (cbenchmark_result){NAN, NAN, -1};
}
