"""SMA crossings as a bar function; it never looks at the account, so it can run streamed."""

from backtester import crossover, on_bar, serve


@on_bar(name="sma_cross_on_bar", version="1.0", warmup=("n1", "n2"), needs_account=False)
def sma_cross(bar, ctx, n1=10, n2=20):
    """Turns around at each crossing of two simple averages."""
    fast, slow = ctx.sma(n1), ctx.sma(n2)
    if crossover(fast, slow):
        ctx.close()
        ctx.buy()
    elif crossover(slow, fast):
        ctx.close()
        ctx.sell()


if __name__ == "__main__":
    serve(sma_cross)
