"""Buys when the close rises above its average over n bars, closes when it falls below."""

from backtester import crossover, on_bar


@on_bar(name="{{name}}", version="1.0", warmup="n", needs_account=False)
def strategy(bar, ctx, n=20):
    average = ctx.sma(n)
    closes = ctx.history("close", 2)
    if crossover(closes, average):
        ctx.buy()
    elif crossover(average, closes):
        ctx.close()
