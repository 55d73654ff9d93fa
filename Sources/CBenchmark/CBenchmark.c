#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "CBenchmark.h"

#include <fcntl.h>
#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#ifdef __linux__
#include <sched.h>
#endif

cbenchmark_result cbenchmark_sma_cross(const double *open, const double *close, long count, int fast, int slow,
                                       double cash, double commission, double units, double *curve,
                                       cbenchmark_trade *trades) {
  double fast_sum = 0, slow_sum = 0, held = 0, entry_price = 0, peak = cash, worst = 0, before = 0;
  long closed = 0, entry = 0;
  int signal = 0;
  for (long bar = 0; bar < count; bar++) {
    if (signal) {
      double price = open[bar], target = signal * units;
      if (held != 0) {
        cash += held * price - fabs(held) * price * commission;
        trades[closed++] = (cbenchmark_trade){entry, bar, entry_price, price, held * (price - entry_price)};
      }
      cash -= target * price + units * price * commission;
      held = target;
      entry_price = price;
      entry = bar;
      signal = 0;
    }
    double price = close[bar];
    fast_sum += price - (bar >= fast ? close[bar - fast] : 0);
    slow_sum += price - (bar >= slow ? close[bar - slow] : 0);
    double equity = cash + held * price;
    if (bar >= slow - 1) {
      double difference = fast_sum / fast - slow_sum / slow;
      if (before < 0 && difference > 0) signal = 1;
      if (before > 0 && difference < 0) signal = -1;
      before = difference;
    }
    if (equity > peak) peak = equity;
    if (peak - equity > worst) worst = peak - equity;
    curve[bar] = equity;
  }
  return (cbenchmark_result){cash + held * close[count - 1], worst, closed};
}

static double cpu_seconds(void) {
  struct timespec time;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

double cbenchmark_insert_rows(const char *path, long rows) {
  enum { per_statement = 100 };
  sqlite3 *database = NULL;
  sqlite3_stmt *statement = NULL;
  double seconds = -1;
  if (sqlite3_open(path, &database) != SQLITE_OK) goto done;
  if (sqlite3_exec(database,
                   "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
                   "CREATE TABLE point(run INTEGER, bar INTEGER, time INTEGER, equity REAL)",
                   NULL, NULL, NULL) != SQLITE_OK)
    goto done;
  char sql[64 + per_statement * 12] = "INSERT INTO point VALUES (?,?,?,?)";
  for (int row = 1; row < per_statement; row++) strcat(sql, ",(?,?,?,?)");
  double start = cpu_seconds();
  sqlite3_exec(database, "BEGIN", NULL, NULL, NULL);
  if (sqlite3_prepare_v2(database, sql, -1, &statement, NULL) != SQLITE_OK) goto done;
  for (long first = 0; first + per_statement <= rows; first += per_statement) {
    for (int row = 0; row < per_statement; row++) {
      sqlite3_bind_int(statement, 4 * row + 1, 1);
      sqlite3_bind_int64(statement, 4 * row + 2, first + row);
      sqlite3_bind_int64(statement, 4 * row + 3, 946684800000LL + 60000 * (first + row));
      sqlite3_bind_double(statement, 4 * row + 4, 10000 + (double)((first + row) * 7919 % 100003) * 0.0137);
    }
    if (sqlite3_step(statement) != SQLITE_DONE) goto done;
    sqlite3_reset(statement);
  }
  if (sqlite3_exec(database, "COMMIT", NULL, NULL, NULL) == SQLITE_OK) seconds = cpu_seconds() - start;
done:
  sqlite3_finalize(statement);
  sqlite3_close(database);
  return seconds;
}

static void pin(void) {
#ifdef __linux__
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(0, &one);
  sched_setaffinity(0, sizeof one, &one);
#endif
}

static double monotonic_seconds(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

double cbenchmark_cpu_seconds(int process) {
#ifdef __linux__
  clockid_t clock;
  struct timespec time;
  if (clock_getcpuclockid(process, &clock) == 0 && clock_gettime(clock, &time) == 0)
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
#else
  (void)process;
#endif
  return -1;
}

// Number of line ends in what one read returned; 0 when the other side is gone.
static long read_lines(int descriptor, char *buffer, size_t size, long *bytes) {
  for (;;) {
    ssize_t count = read(descriptor, buffer, size);
    if (count <= 0) return 0;
    if (bytes) *bytes += count;
    long lines = 0;
    for (char *at = buffer, *end = buffer + count; (at = memchr(at, '\n', (size_t)(end - at))); at++) lines++;
    if (lines > 0) return lines;
  }
}

// Writes all of it; returns 0 when the other side is gone.
static int write_all(int descriptor, const char *bytes, long count) {
  while (count > 0) {
    ssize_t written = write(descriptor, bytes, (size_t)count);
    if (written <= 0) return 0;
    bytes += written;
    count -= written;
  }
  return 1;
}

double cbenchmark_drive(int input, int output, const char *lines, long bytes, long answers, long window,
                        long *answer_bytes) {
  static char buffer[1 << 16];
  // The loop is to be as plain as it can be: it blocks.
  fcntl(input, F_SETFL, fcntl(input, F_GETFL) & ~O_NONBLOCK);
  fcntl(output, F_SETFL, fcntl(output, F_GETFL) & ~O_NONBLOCK);
  const char *at = lines, *end = lines + bytes;
  long sent = 0, answered = 0;
  *answer_bytes = 0;
  double start = monotonic_seconds();
  while (at < end || answered < answers) {
    while (at < end && sent - answered < window) {
      const char *line_end = memchr(at, '\n', (size_t)(end - at));
      if (!line_end || !write_all(input, at, line_end + 1 - at)) return -1;
      at = line_end + 1;
      sent++;
    }
    if (answered >= answers) break;
    long got = read_lines(output, buffer, sizeof buffer, answer_bytes);
    if (got == 0) return -1;
    answered += got;
  }
  return monotonic_seconds() - start;
}

static void fill(char *line, long size) {
  memset(line, 'x', (size_t)size);
  line[size - 1] = '\n';
}

double cbenchmark_ping_pong(long trips, long request, long answer, double *cpu) {
  int down[2], up[2];
  if (pipe(down) != 0 || pipe(up) != 0) return -1;
  long longest = request > answer ? request : answer;
  char *line = malloc((size_t)longest), *buffer = malloc(1 << 16);
  double result = -1;
  struct rusage before_child, after_child;
  getrusage(RUSAGE_CHILDREN, &before_child);
  pid_t child = fork();
  if (child == 0) {
    close(down[1]);
    close(up[0]);
    pin();
    fill(line, answer);
    while (read_lines(down[0], buffer, 1 << 16, NULL))
      if (!write_all(up[1], line, answer)) break;
    _exit(0);
  }
  close(down[0]);
  close(up[1]);
  double own = 0;
  if (child > 0) {
#ifdef __linux__
    cpu_set_t before;
    sched_getaffinity(0, sizeof before, &before);
#endif
    pin();
    fill(line, request);
    double start = monotonic_seconds(), cpu_start = cpu_seconds();
    long trip = 0;
    for (; trip < trips; trip++)
      if (!write_all(down[1], line, request) || !read_lines(up[0], buffer, 1 << 16, NULL)) break;
    if (trip == trips) result = (monotonic_seconds() - start) / (double)trips;
    own = cpu_seconds() - cpu_start;
#ifdef __linux__
    sched_setaffinity(0, sizeof before, &before);
#endif
  }
  close(down[1]);
  close(up[0]);
  if (child > 0) waitpid(child, NULL, 0);
  getrusage(RUSAGE_CHILDREN, &after_child);
  double others = (double)(after_child.ru_utime.tv_sec - before_child.ru_utime.tv_sec) +
                  (double)(after_child.ru_stime.tv_sec - before_child.ru_stime.tv_sec) +
                  (double)(after_child.ru_utime.tv_usec - before_child.ru_utime.tv_usec) * 1e-6 +
                  (double)(after_child.ru_stime.tv_usec - before_child.ru_stime.tv_usec) * 1e-6;
  *cpu = (own + others) / (double)trips;
  free(line);
  free(buffer);
  return result;
}

int64_t cbenchmark_write_csv(const char *path, long rows) {
  FILE *file = fopen(path, "w");
  if (!file) return -1;
  fputs("Date,Open,High,Low,Close,Volume\n", file);
  uint64_t state = 88172645463325252u;
  double price = 100;
  for (long row = 0; row < rows; row++) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    double open = price;
    price = open * (1 + 0.004 * ((double)(state >> 11) / 9007199254740992.0 - 0.5)) + (100 - open) * 1e-5;
    time_t time = 946684800 + (time_t)row * 60;
    struct tm day;
    gmtime_r(&time, &day);
    fprintf(file, "%04d-%02d-%02d %02d:%02d:%02d,%.4f,%.4f,%.4f,%.4f,%d\n", day.tm_year + 1900, day.tm_mon + 1, day.tm_mday,
            day.tm_hour, day.tm_min, day.tm_sec, open, (open > price ? open : price) + 0.01,
            (open < price ? open : price) - 0.01, price, (int)(state >> 44));
  }
  int64_t size = ftell(file);
  return fclose(file) == 0 ? size : -1;
}

/// Days from 1970-01-01 to a Gregorian date (Howard Hinnant's days_from_civil).
static int64_t days_from_civil(int64_t year, int64_t month, int64_t day) {
  year -= month <= 2;
  int64_t era = year / 400, of_era = year - era * 400;
  int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static int64_t whole(const char **text) {
  int64_t value = 0;
  for (; **text >= '0' && **text <= '9'; (*text)++) value = value * 10 + (**text - '0');
  return value;
}

static double decimal(const char **text) {
  static const double powers[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10};
  int64_t mantissa = whole(text);
  if (**text != '.') return (double)mantissa;
  const char *point = ++*text;
  for (; **text >= '0' && **text <= '9'; (*text)++) mantissa = mantissa * 10 + (**text - '0');
  // Exact, as is every quotient of whole numbers below 2^53 by such a power.
  return *text - point <= 10 && mantissa < (int64_t)1 << 53 ? (double)mantissa / powers[*text - point] : NAN;
}

double cbenchmark_read_csv(const char *path, int uses_strtod, long *rows) {
  enum { chunk = 1 << 18, columns = 6 };
  double *values[columns] = {0};
  long count = 0, room = 0;
  size_t kept = 0;
  int is_header = 1;
  double seconds = -1;
  char *buffer = malloc(chunk * 2 + 1);
  int file = open(path, O_RDONLY);
  if (file < 0 || !buffer) goto done;
  double start = cpu_seconds();
  for (;;) {
    ssize_t added = read(file, buffer + kept, chunk);
    if (added < 0) goto done;
    size_t filled = kept + (size_t)added;
    buffer[filled] = 0;
    const char *line = buffer;
    for (char *end; (end = memchr(line, '\n', filled - (size_t)(line - buffer))); line = end + 1) {
      if (is_header) {
        is_header = 0;
        continue;
      }
      if (count == room) {
        room = room ? room * 2 : 1024;
        for (int column = 0; column < columns; column++) {
          values[column] = realloc(values[column], (size_t)room * sizeof(double));
          if (!values[column]) goto done;
        }
      }
      const char *text = line;
      int64_t year = whole(&text), month = (text++, whole(&text)), day = (text++, whole(&text));
      int64_t hour = (text++, whole(&text)), minute = (text++, whole(&text)), second = (text++, whole(&text));
      int64_t time = ((days_from_civil(year, month, day) * 24 + hour) * 60 + minute) * 60 + second;
      ((int64_t *)values[0])[count] = time * 1000;
      for (int column = 1; column < columns; column++) {
        if (*text++ != ',') goto done;
        values[column][count] = uses_strtod ? strtod(text, (char **)&text) : decimal(&text);
      }
      if (text != end) goto done;
      count++;
    }
    kept = filled - (size_t)(line - buffer);
    if (kept > chunk) goto done;
    memmove(buffer, line, kept);
    if (added == 0) break;
  }
  seconds = cpu_seconds() - start;
done:
  if (file >= 0) close(file);
  for (int column = 0; column < columns; column++) free(values[column]);
  free(buffer);
  *rows = count;
  return seconds;
}

// How many lines end in some bytes.
static long lines_in(const char *bytes, size_t size) {
  long lines = 0;
  const char *end = bytes + size;
  while (bytes < end && (bytes = memchr(bytes, '\n', (size_t)(end - bytes)))) {
    lines++;
    bytes++;
  }
  return lines;
}

double cbenchmark_echo(long count, long request, long answer, long window) {
  int down[2], up[2];
  if (pipe(down) != 0 || pipe(up) != 0) return -1;
  long longest = request > answer ? request : answer;
  char *line = malloc((size_t)longest), *buffer = malloc(1 << 16);
  double result = -1;
  pid_t child = fork();
  if (child == 0) {
    close(down[1]);
    close(up[0]);
    fill(line, answer);
    for (;;) {
      ssize_t size = read(down[0], buffer, 1 << 16);
      if (size <= 0) break;
      for (long lines = lines_in(buffer, (size_t)size); lines > 0; lines--)
        if (!write_all(up[1], line, answer)) _exit(0);
    }
    _exit(0);
  }
  close(down[0]);
  close(up[1]);
  if (child > 0) {
    fill(line, request);
    struct timespec start, end;
    clock_gettime(CLOCK_MONOTONIC, &start);
    long sent = 0, received = 0;
    while (received < count) {
      while (sent < count && sent - received < window) {
        if (!write_all(down[1], line, request)) goto gone;
        sent++;
      }
      ssize_t size = read(up[0], buffer, 1 << 16);
      if (size <= 0) goto gone;
      received += lines_in(buffer, (size_t)size);
    }
    clock_gettime(CLOCK_MONOTONIC, &end);
    result = ((double)(end.tv_sec - start.tv_sec) * 1e9 + (double)(end.tv_nsec - start.tv_nsec)) / (double)count;
  gone:;
  }
  close(down[1]);
  close(up[0]);
  if (child > 0) waitpid(child, NULL, 0);
  free(line);
  free(buffer);
  return result;
}
