/* Enters when two simple averages cross, with stop-loss, take-profit and a stop that moves to the entry price. */
#define BACKTESTER_IMPLEMENTATION
#include "../../backtester.h"

static bt_sma first, second;
static bt_crossover cross;
static double stop_loss, take_profit, breakeven;

static void init(bt_context *ctx) {
  bt_sma_init(&first, bt_integer(ctx, "n1"));
  bt_sma_init(&second, bt_integer(ctx, "n2"));
  bt_crossover_init(&cross);
  bt_need_bars(ctx, first.period);
  bt_need_bars(ctx, second.period);
  stop_loss = bt_number(ctx, "stop_loss_pct");
  take_profit = bt_number(ctx, "take_profit_pct");
  breakeven = bt_number(ctx, "breakeven_pct");
}

static void on_bar(bt_context *ctx, const bt_bar *bar) {
  double a = bt_sma_update(&first, bar->close), b = bt_sma_update(&second, bar->close);
  int crossed = bt_crossover_update(&cross, a, b);
  if (ctx->warmup) return;
  double price = bar->close;
  for (size_t i = 0; i < ctx->trade_count; i++) {
    const bt_trade *trade = &ctx->trades[i];
    double entry = trade->entry_price;
    int is_long = trade->quantity > 0;
    double gain = is_long ? price / entry - 1 : entry / price - 1;
    if (gain < breakeven || isnan(trade->stop_loss)) continue;
    if (is_long ? trade->stop_loss < entry : trade->stop_loss > entry) bt_set_stop_loss(ctx, trade->trade_id, entry);
  }
  if (crossed == 0 || ctx->position != 0) return;
  if (crossed > 0) {
    bt_buy(ctx, &(bt_request){.stop_loss = price * (1 - stop_loss), .take_profit = price * (1 + take_profit)});
  } else {
    bt_sell(ctx, &(bt_request){.stop_loss = price * (1 + stop_loss), .take_profit = price * (1 - take_profit)});
  }
}

static const bt_parameter parameters[] = {
  {.name = "n1", .type = BT_INTEGER, .value = 10, .rules = BT_MINIMUM, .minimum = 1, .description = "Bars of the first average"},
  {.name = "n2", .type = BT_INTEGER, .value = 50, .rules = BT_MINIMUM, .minimum = 1, .description = "Bars of the second average"},
  {.name = "stop_loss_pct", .type = BT_NUMBER, .value = 0.01, .rules = BT_MINIMUM | BT_BELOW, .minimum = 0, .maximum = 1,
   .description = "Distance of the stop-loss from the close as a fraction"},
  {.name = "take_profit_pct", .type = BT_NUMBER, .value = 0.02, .rules = BT_MINIMUM | BT_BELOW, .minimum = 0, .maximum = 1,
   .description = "Distance of the take-profit from the close as a fraction"},
  {.name = "breakeven_pct", .type = BT_NUMBER, .value = 0.01, .rules = BT_MINIMUM, .minimum = 0,
   .description = "Gain from which the stop-loss moves to the entry price, as a fraction"},
  {0}};

int main(void) {
  static const bt_strategy strategy = {
    .name = "la_bomba_c",
    .version = "1.0",
    .description = "Enters when two simple averages cross, with stop-loss, take-profit and a break-even stop.",
    .parameters = parameters,
    .without_events = 1,
    .init = init,
    .on_bar = on_bar,
  };
  return bt_serve(&strategy);
}
