/* Buys when the close rises above its average over n bars, closes when it falls below. */
#define BACKTESTER_IMPLEMENTATION
#include "backtester.h"

static bt_sma average;
static bt_crossover cross;

static void init(bt_context *ctx) {
  bt_sma_init(&average, bt_integer(ctx, "n"));
  bt_crossover_init(&cross);
  bt_need_bars(ctx, average.period);
}

static void on_bar(bt_context *ctx, const bt_bar *bar) {
  int crossed = bt_crossover_update(&cross, bar->close, bt_sma_update(&average, bar->close));
  if (ctx->warmup) return;
  if (crossed > 0) bt_buy(ctx, NULL);
  if (crossed < 0) bt_close(ctx, 0, 1);
}

static const bt_parameter parameters[] = {
  {.name = "n", .type = BT_INTEGER, .value = 20, .rules = BT_MINIMUM, .minimum = 1, .description = "Bars of the average"},
  {0}};

int main(void) {
  static const bt_strategy strategy = {
    .name = "{{name}}", .version = "1.0", .parameters = parameters, .prices_only = 1, .init = init, .on_bar = on_bar};
  return bt_serve(&strategy);
}
