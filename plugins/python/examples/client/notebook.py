"""A notebook as a script: each ``# %%`` begins a cell. Run it whole: ``python3 notebook.py``."""

# %% Start a host. BACKTESTER_EXECUTABLE names the program, unless it is in the PATH or built in this checkout.
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))

from backtester import Client  # noqa: E402

client = Client()

# %% One run. In a notebook its last line, alone, shows the chart and the metrics.
run = client.run("sma_cross", sample="GOOG", n1=10, n2=30, commission=0.002)
print(run)

# %% Its trades, best first.
for trade in sorted(run.trades, key=lambda trade: -trade["pnl"])[:3]:
    print(f"{trade['size']:6} from {trade['entry_price']:8.2f} to {trade['exit_price']:8.2f}: {trade['pnl']:10,.2f}")

# %% Was it the strategy, or the market?
for sample in ("AAPL", "IBM", "MSFT"):
    other = client.run("sma_cross", sample=sample, n1=10, n2=30, commission=0.002)
    metrics = other.metrics
    print(f"{sample}: {metrics['total_return_pct']:.1f} %, holding gave {metrics['buy_and_hold_return_pct']:.1f} %")

# %% Done.
client.close()
