"""La Bomba as a bar function; it looks at its trades, so it runs lock-step."""

from backtester import crossover, on_bar, serve


@on_bar(name="la_bomba_on_bar", version="1.0", warmup=("n1", "n2"))
def la_bomba(bar, ctx, n1=10, n2=50, stop_loss_pct=0.01, take_profit_pct=0.02, breakeven_pct=0.01):
    """SMA crossings with a stop-loss, a take-profit and a stop that moves to break-even."""
    price = bar.close
    for trade in ctx.trades:
        entry = trade.entry_price
        if trade.is_long:
            gain, losing = price / entry - 1, trade.stop_loss < entry
        else:
            gain, losing = entry / price - 1, trade.stop_loss > entry
        if gain >= breakeven_pct and losing:
            ctx.amend(trade, stop_loss=entry)
    fast, slow = ctx.sma(n1), ctx.sma(n2)
    if ctx.trades:
        return
    if crossover(fast, slow):
        ctx.buy(stop_loss=price * (1 - stop_loss_pct), take_profit=price * (1 + take_profit_pct))
    elif crossover(slow, fast):
        ctx.sell(stop_loss=price * (1 + stop_loss_pct), take_profit=price * (1 - take_profit_pct))


if __name__ == "__main__":
    serve(la_bomba)
