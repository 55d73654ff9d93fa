#ifndef CBENCHMARK_H
#define CBENCHMARK_H

#include <stdint.h>

// What the same work costs in plain C: the limits that benchmarks are shown beside.

typedef struct {
  double equity;
  double worst_drawdown;
  long trades;
} cbenchmark_result;

/// One closed trade of `cbenchmark_sma_cross`.
typedef struct {
  int64_t entry, exit;
  double entry_price, exit_price, profit;
} cbenchmark_trade;

/// A crossing of two running means, reversing `units` at the next open with a commission; the equity of every bar goes to
/// `curve`, closed trades to `trades`, which must have room for half the bars.
cbenchmark_result cbenchmark_sma_cross(const double *open, const double *close, long count, int fast, int slow,
                                       double cash, double commission, double units, double *curve,
                                       cbenchmark_trade *trades);

/// The same work as the host does for its sma_cross: compensated sums, orders for all the cash sized to whole units and
/// checked against it, every closed trade and every step of every order in lists that grow, the equity of every bar.
/// Profits and trades are the host's to the last bit. `trades` is -1 when there was no memory.
cbenchmark_result cbenchmark_sma_cross_orders(const int64_t *times, const double *open, const double *close, long count,
                                              int fast_period, int slow_period, double cash, double commission);

/// Writes `rows` equity points into a new SQLite file in one transaction, WAL, 100 rows a statement. Returns the CPU
/// seconds it took, or -1.
double cbenchmark_insert_rows(const char *path, long rows);

/// Seconds a round trip of a line of `request` bytes answered by `answer` bytes takes between two C processes over pipes,
/// both on one core; `cpu` is the CPU seconds of both. Returns -1 when a process could not be made.
double cbenchmark_ping_pong(long trips, long request, long answer, double *cpu);

/// The plainest possible host: writes `lines` to a process, with at most `window` of them unanswered, and waits for
/// `answers` lines of any content. Returns the seconds it took, or -1 when the process went away; `answer_bytes` is what
/// was read.
double cbenchmark_drive(int input, int output, const char *lines, long bytes, long answers, long window,
                        long *answer_bytes);

/// CPU seconds a process of this user has used so far, or -1 where the system does not tell.
double cbenchmark_cpu_seconds(int process);

/// Writes a CSV file of minute bars, `Date,Open,High,Low,Close,Volume` with times such as 2000-01-01 00:00:00 and prices
/// of four decimals. Returns its size in bytes, or -1.
int64_t cbenchmark_write_csv(const char *path, long rows);

/// Reads such a file into six growing columns, checking nothing but that every number ends where a cell does: digit by
/// digit, or with `strtod`. Returns the CPU seconds it took, or -1; `rows` gets the number of rows.
double cbenchmark_read_csv(const char *path, int uses_strtod, long *rows);

/// Nanoseconds that each of `count` lines of `request` bytes takes to be answered with a line of `answer` bytes by another
/// C process over pipes, both on any core, with `window` of them (at least 1) under way at a time. Returns -1 when a process
/// could not be made.
double cbenchmark_echo(long count, long request, long answer, long window);

#endif
