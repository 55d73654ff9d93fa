/* A strategy that does what its parameter says, for session.sh. */
#define BACKTESTER_IMPLEMENTATION
#include "../backtester.h"

static void on_bar(bt_context *ctx, const bt_bar *bar) {
  const char *what = bt_string(ctx, "what");
  if (strcmp(what, "print") == 0) {
    printf("printed\n");
    fflush(stdout);
    if (system("echo from a child") != 0) bt_fail(ctx, "no shell");
  } else if (strcmp(what, "nan") == 0) {
    bt_buy(ctx, &(bt_request){.stop_loss = NAN});
  } else if (strcmp(what, "fail") == 0) {
    bt_fail(ctx, "cannot go on at %g", bar->close);
  } else if (strcmp(what, "all") == 0) {
    bt_buy(ctx, &(bt_request){.quantity = 3, .limit_price = 9.5, .stop_price = 9, .stop_loss = 8, .take_profit = 12, .tag = "\xc3\xa9", .client_order_id = "a", .symbol = "X"});
    bt_sell(ctx, &(bt_request){.fraction = 0.5});
    bt_close(ctx, 1, 0.25);
    bt_cancel(ctx, 7);
    bt_cancel_named(ctx, "a");
    bt_set_stop_loss(ctx, 2, BT_NONE);
    bt_set_take_profit(ctx, 2, 3.5);
    bt_annotate(ctx, "close", bar->close);
    bt_annotate(ctx, "none", BT_NONE);
    bt_log(ctx, "info", "bar %lld", bar->index);
  } else if (strcmp(what, "account") == 0) {
    bt_annotate(ctx, "cash", ctx->cash);
    bt_annotate(ctx, "units", ctx->position);
    bt_annotate(ctx, "orders", (double)ctx->order_count);
    bt_annotate(ctx, "events", (double)ctx->event_count);
    bt_annotate(ctx, "closed", (double)ctx->closed_count);
    if (ctx->order_count && strcmp(ctx->orders[0].role, "stop_loss") == 0) bt_annotate(ctx, "stop", ctx->orders[0].stop_price);
    if (ctx->trade_count && ctx->trades[0].tag) bt_annotate(ctx, ctx->trades[0].tag, ctx->trades[0].entry_price);
  }
}

static void end(bt_context *ctx, const char *reason) {
  bt_summary(ctx, reason, 1);
  bt_summary(ctx, "undefined", NAN);
}

static const bt_parameter parameters[] = {{.name = "what", .type = BT_STRING, .text = "nothing"}, {0}};

int main(void) {
  static const bt_strategy strategy = {.name = "misbehaving", .parameters = parameters, .on_bar = on_bar, .end = end};
  return bt_serve(&strategy);
}
