/* Long while the simple average over n1 bars is above the one over n2, short while it is below. */
#define BACKTESTER_IMPLEMENTATION
#include "../../backtester.h"

static bt_sma first, second;
static bt_crossover cross;

static void init(bt_context *ctx) {
  bt_sma_init(&first, bt_integer(ctx, "n1"));
  bt_sma_init(&second, bt_integer(ctx, "n2"));
  bt_crossover_init(&cross);
  bt_need_bars(ctx, first.period);
  bt_need_bars(ctx, second.period);
}

static void on_bar(bt_context *ctx, const bt_bar *bar) {
  double a = bt_sma_update(&first, bar->close), b = bt_sma_update(&second, bar->close);
  int crossed = bt_crossover_update(&cross, a, b);
  if (ctx->warmup || crossed == 0) return;
  bt_close(ctx, 0, 1);
  if (crossed > 0) bt_buy(ctx, NULL);
  else bt_sell(ctx, NULL);
}

static const bt_parameter parameters[] = {
  {.name = "n1", .type = BT_INTEGER, .value = 10, .rules = BT_MINIMUM, .minimum = 1, .description = "Bars of the first average"},
  {.name = "n2", .type = BT_INTEGER, .value = 20, .rules = BT_MINIMUM, .minimum = 1, .description = "Bars of the second average"},
  {0}};

int main(void) {
  static const bt_strategy strategy = {
    .name = "sma_cross_c",
    .version = "1.0",
    .description = "Long while the simple average over n1 bars is above the one over n2, short while it is below.",
    .parameters = parameters,
    .prices_only = 1,
    .init = init,
    .on_bar = on_bar,
  };
  return bt_serve(&strategy);
}
