"""Drives the served page and the report file in Chromium, as a user would.

    python3 browser_tests.py FOLDER_WITH_THE_PROGRAMS

Needs Playwright from PyPI and a Chromium (CHROMIUM names it, else it is looked for on the PATH). With
BACKTESTER_SCREENSHOTS=FOLDER every page is also photographed, wide and narrow, light and dark.
"""
import json, os, random, re, shutil, subprocess, sys, tempfile, unittest
from pathlib import Path
from playwright.sync_api import expect, sync_playwright

PROGRAMS = Path(sys.argv.pop(1)).resolve() if len(sys.argv) > 1 else Path(".build/debug").resolve()
ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
SHOTS = os.environ.get("BACKTESTER_SCREENSHOTS")
# Generous: the machine may have much else to do.
PATIENCE = 60_000

SLOW_STRATEGY = '''
import time
from backtester import on_bar


@on_bar(name="slow", version="1.0")
def slow(bar, ctx):
    time.sleep(0.03)
'''

# Contrast of every visible text with what lies behind it (WCAG 2.1, 1.4.3), those below the limit.
FAINT = """() => {
  const parse = (text) => { const n = text.match(/[\\d.]+/g).map(Number); return text.startsWith("color(") ? [n[0]*255, n[1]*255, n[2]*255, n[3] ?? 1] : [n[0], n[1], n[2], n[3] ?? 1]; };
  const over = (a, b) => [0, 1, 2].map((i) => a[i] * a[3] + b[i] * (1 - a[3])).concat(1);
  const light = (c) => { const [r, g, b] = c.slice(0, 3).map((v) => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const back = (e) => { const layers = []; for (; e; e = e.parentElement) layers.push(parse(getComputedStyle(e).backgroundColor)); return layers.reverse().reduce((below, layer) => over(layer, below), [255, 255, 255, 1]); };
  const faint = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const e = walker.currentNode.parentElement;
    const text = walker.currentNode.textContent.trim();
    if (!text || !e.checkVisibility() || e.closest("script, style, noscript, .visually-hidden, button:disabled")) continue;
    const style = getComputedStyle(e);
    const behind = back(e);
    const ink = parse(style.color);
    ink[3] *= Number(style.opacity);
    const [a, b] = [light(over(ink, behind)), light(behind)].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    const size = parseFloat(style.fontSize);
    if (ratio < (size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700) ? 3 : 4.5)) faint.push(`${ratio.toFixed(2)} ${text.slice(0, 40)}`);
  }
  return faint;
}"""

# Does something to the chart in each of so many frames, as fast as the browser draws them: how long the drawing took and how
# far apart the frames were, in milliseconds, median and 95th percentile.
FRAMES = """async ([action, count]) => {
  const chart = Backtester.chart;
  const act = new Function("chart", "step", action);
  const [draws, gaps] = [[], []];
  const draw = chart.draw.bind(chart);
  chart.draw = () => { const start = performance.now(); draw(); draws.push(performance.now() - start); };
  let last = null;
  for (let step = 0; step < count; step++) {
    act(chart, step);
    const now = await new Promise(requestAnimationFrame);
    if (last !== null) gaps.push(now - last);
    last = now;
  }
  delete chart.draw;
  const part = (values, share) => [...values].sort((a, b) => a - b)[Math.floor(values.length * share)] ?? 0;
  return [draws, gaps].map((values) => [part(values, 0.5), part(values, 0.95)]);
}"""

# How many colours a canvas shows: a blank one shows one.
COLORS = """(canvas) => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const colors = new Map();
  for (let i = 0; i < data.length; i += 4) { const c = `${data[i]},${data[i+1]},${data[i+2]},${data[i+3]}`; colors.set(c, (colors.get(c) ?? 0) + 1); }
  return [...colors.values()].filter((count) => count > 20).length;
}"""


class PageTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        folder = Path(cls.folder.name)
        plugin = folder / "plugins" / "slow"
        plugin.mkdir(parents=True)
        (plugin / "slow.py").write_text(SLOW_STRATEGY)
        (plugin / "plugin.json").write_text(json.dumps({
            "name": "slow", "version": "1.0", "protocol_version": "1.0", "language": "python",
            "description": "Takes its time", "modes": ["lockstep"],
            "argv": ["python3", str(ROOT / "plugins/python/backtester"), "slow.py"]}))
        cls.database = folder / "runs.sqlite"
        environment = cls.environment = {
            **os.environ, "XDG_DATA_HOME": str(folder), "XDG_CACHE_HOME": str(folder), "BACKTESTER_PLUGIN_PATH": ""}
        cls.server = subprocess.Popen(
            [PROGRAMS / "backtester-http", "--port", "0", "--db", cls.database, "--plugin-path", folder / "plugins"],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=folder, env=environment)
        cls.address = None
        for line in cls.server.stdout:
            if found := re.search(r"http://127\.0\.0\.1:\d+", line):
                cls.address = found.group()
                break
        assert cls.address, "the server did not start"
        cls.playwright = sync_playwright().start()
        cls.browser = cls.playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage"])

    @classmethod
    def tearDownClass(cls):
        cls.browser.close()
        cls.playwright.stop()
        cls.server.terminate()
        cls.server.communicate(timeout=60)
        cls.folder.cleanup()

    def setUp(self):
        self.context = self.browser.new_context(viewport={"width": 1280, "height": 900})
        self.context.set_default_timeout(PATIENCE)
        self.page = self.context.new_page()
        self.trouble = []
        self.page.on("console", lambda message: self.trouble.append(message.text) if message.type in ("error", "warning") else None)
        self.page.on("pageerror", lambda error: self.trouble.append(str(error)))

    def tearDown(self):
        self.context.close()
        # A blocked inline style or script, a missing file and an exception all end up here.
        self.assertEqual([t for t in self.trouble if "400 (Bad Request)" not in t], [])

    # Helpers

    def open(self, path):
        self.page.goto(self.address + path)

    def start(self, strategy="sma_cross", **fields):
        """Starts a run from the form, as far as the page that follows."""
        self.open("/new")
        self.page.select_option("#strategy", strategy)
        # The fields of the strategy's own parameters come from the server.
        expect(self.page.locator("#parameters")).not_to_have_attribute("aria-busy", "true")
        for name, value in fields.items():
            if name in ("sample", "dataset"):
                self.page.select_option("[name=dataset]", f"sample:{value}" if name == "sample" else value)
                continue
            box = self.page.locator(f"[name='{name.replace('__', '.')}']")
            box.wait_for()
            box.fill(value)
        self.page.get_by_role("button", name="Run", exact=True).click()

    def chart_of_new_run(self, **fields):
        self.start(**fields)
        self.page.wait_for_url(re.compile(r"/runs/"))
        self.page.wait_for_selector("#chart-plot[data-ready]")
        return re.search(r"/runs/([^/?#]+)", self.page.url).group(1)

    def view(self):
        self.frame()
        return self.page.evaluate("() => Backtester.chart.view")

    def frame(self):
        self.page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def plot(self):
        self.page.locator("#chart-plot").scroll_into_view_if_needed()
        return self.page.locator("#chart-plot").bounding_box()

    # Starting runs

    def test_a_run_is_started_from_the_form_and_drawn(self):
        self.chart_of_new_run(strategy="sma_cross", param__n1="5", sample="GOOG")
        expect(self.page.locator("h1")).to_have_text("sma_cross on GOOG")
        expect(self.page.locator(".chips")).to_contain_text("n1 5")
        self.assertGreater(self.page.eval_on_selector("#chart-plot canvas", COLORS), 8)
        self.assertEqual(self.page.locator(".metrics tbody tr").count(), 32)
        self.assertGreater(self.page.locator("[data-table=trades] tbody tr").count(), 20)
        expect(self.page.locator("[data-table=events]")).to_contain_text("filled")

    def test_each_strategy_has_its_own_fields(self):
        self.open("/new")
        for strategy, field in [("rsi", "param.period"), ("macd", "param.signal"), ("la_bomba", "param.stop_loss_pct")]:
            self.page.select_option("#strategy", strategy)
            expect(self.page.locator(f"[name='{field}']")).to_be_visible()
        self.assertEqual(self.page.locator("[name='param.period']").count(), 0)
        expect(self.page.locator("[name='param.n1']")).to_have_value("10")

    def test_faults_are_said_at_their_fields_and_nothing_is_lost(self):
        self.start("sma_cross", param__n1="0", cash="-5", commission="lots")
        alert = self.page.get_by_role("alert")
        expect(alert).to_contain_text("n1 was 0; it must be a whole number from 1")
        expect(alert).to_contain_text("Commission was lots")
        for name in ("param.n1", "commission"):
            expect(self.page.locator(f"[name='{name}']")).to_have_attribute("aria-invalid", "true")
        expect(self.page.locator("[name='cash']")).to_have_value("-5")
        alert.get_by_role("link").first.click()
        self.page.fill("[name='param.n1']", "12")
        self.page.fill("[name='commission']", "0.001")
        self.page.get_by_role("button", name="Run", exact=True).click()
        expect(self.page.get_by_role("alert")).to_contain_text("cash was -5")

    def test_a_failed_run_shows_why(self):
        self.start("rsi", to="1999-01-01")
        self.page.wait_for_url(re.compile(r"/runs/"))
        failure = self.page.locator(".failure")
        expect(failure).to_contain_text("The run failed", timeout=PATIENCE)
        expect(failure).to_contain_text("its bars go from 2004-08-19 to 2013-03-01")

    def test_a_run_under_way_shows_its_progress_and_is_cancelled(self):
        self.start("slow")
        self.page.wait_for_url(re.compile(r"/runs/"))
        expect(self.page.locator("[data-progress-text]")).to_contain_text("of 2,148 bars", timeout=PATIENCE)
        self.assertGreater(self.page.eval_on_selector("progress", "(bar) => bar.value"), 0)
        run = self.page.url
        self.open("/")
        expect(self.page.locator("#runs progress").first).to_be_visible()
        self.page.goto(run)
        self.page.get_by_role("button", name="Cancel").click()
        expect(self.page.locator(".failure")).to_contain_text("The run was cancelled", timeout=PATIENCE)

    # The chart

    def test_the_crosshair_tells_the_values(self):
        self.chart_of_new_run()
        legend = self.page.locator(".legend").first
        before = legend.inner_text()
        box = self.plot()
        self.page.mouse.move(box["x"] + box["width"] * 0.4, box["y"] + 150)
        expect(legend).not_to_have_text(before)
        expect(legend).to_contain_text("SMA(10)")
        self.assertGreater(self.page.eval_on_selector("#chart-plot canvas:nth-of-type(2)", COLORS), 1)

    def test_wheel_drag_buttons_and_double_click_change_the_view(self):
        self.chart_of_new_run()
        whole = self.view()
        box = self.plot()
        x, y = box["x"] + box["width"] * 0.5, box["y"] + 200
        self.page.mouse.move(x, y)
        top = self.page.evaluate("scrollY")
        self.page.mouse.wheel(0, -400)
        zoomed = self.view()
        self.assertLess(zoomed["to"] - zoomed["from"], whole["to"] - whole["from"])
        self.assertEqual(self.page.evaluate("scrollY"), top)
        self.page.mouse.down()
        self.page.mouse.move(x + 200, y, steps=4)
        self.page.mouse.up()
        panned = self.view()
        self.assertLess(panned["from"], zoomed["from"])
        self.assertAlmostEqual(panned["to"] - panned["from"], zoomed["to"] - zoomed["from"], places=6)
        self.page.keyboard.down("Shift")
        self.page.mouse.move(x - 100, y)
        self.page.mouse.down()
        self.page.mouse.move(x + 100, y, steps=4)
        self.page.mouse.up()
        self.page.keyboard.up("Shift")
        self.assertLess(self.view()["to"] - self.view()["from"], panned["to"] - panned["from"])
        self.page.get_by_role("button", name="1Y", exact=True).click()
        year = self.view()
        self.assertAlmostEqual(year["to"] - year["from"], 252, delta=8)
        self.page.wait_for_function("() => Backtester.chart.level.size === 1")
        self.page.mouse.dblclick(x, y)
        self.assertEqual(self.view(), whole)
        # Wheeling out when all is shown moves the page: the chart is no trap.
        self.page.mouse.wheel(0, 300)
        self.page.wait_for_function("(top) => scrollY > top", arg=top)

    def test_the_navigator_moves_the_window(self):
        self.chart_of_new_run()
        box = self.plot()
        y = box["y"] + box["height"] - 20
        self.page.mouse.move(box["x"] + 200, y)
        self.page.mouse.down()
        self.page.mouse.move(box["x"] + 500, y, steps=4)
        self.page.mouse.up()
        chosen = self.view()
        width = self.page.evaluate("() => Backtester.chart.plot.right")
        self.assertAlmostEqual(chosen["from"], 200 / width * 2148, delta=3)
        self.assertAlmostEqual(chosen["to"], 500 / width * 2148, delta=3)

    def test_a_trade_is_found_from_the_table_and_from_the_chart(self):
        self.chart_of_new_run()
        row = self.page.locator("[data-table=trades] tbody tr").nth(4)
        row.get_by_role("button").click()
        expect(row).to_have_attribute("aria-selected", "true")
        self.assertEqual(self.page.evaluate("() => Backtester.chart.selected"), 4)
        inside = self.page.evaluate("""() => { const { view, trades } = Backtester.chart;
            return view.from <= trades.entry[4] && trades.exit[4] <= view.to && view.to - view.from < 200; }""")
        self.assertTrue(inside)
        self.page.locator("#chart-plot").focus()
        self.page.keyboard.press("n")
        expect(self.page.locator("[data-table=trades] tbody tr[aria-selected=true]")).to_have_count(1)
        self.assertEqual(self.page.evaluate("() => Backtester.chart.selected"), 5)

    def test_the_keyboard_is_enough(self):
        self.chart_of_new_run()
        self.page.locator("#chart-plot").focus()
        self.page.keyboard.press("ArrowRight")
        values = self.page.locator("#chart-values")
        expect(values).to_contain_text("close")
        before = values.text_content()
        self.page.keyboard.press("ArrowRight")
        expect(values).not_to_have_text(before)
        self.page.keyboard.press("+")
        self.assertLess(self.view()["to"] - self.view()["from"], 2148)
        self.page.keyboard.press("0")
        self.assertEqual(self.view(), {"from": 0, "to": 2148})
        # Nothing that can be done with the mouse alone lacks a place in the order of tabs.
        bad = self.page.evaluate("() => [...document.querySelectorAll('button, a, input, select')].filter((e) => e.tabIndex < 0).length")
        self.assertEqual(bad, 0)

    def test_tools_hide_and_show(self):
        self.chart_of_new_run()
        drawn = self.page.eval_on_selector("#chart-plot canvas", "(canvas) => canvas.toDataURL()")
        for name in ("Trades", "SMA(10)", "Log", "Candles", "Volume"):
            self.page.get_by_role("button", name=name, exact=True).click()
            self.frame()
            now = self.page.eval_on_selector("#chart-plot canvas", "(canvas) => canvas.toDataURL()")
            self.assertNotEqual(now, drawn, name)
            drawn = now

    def test_a_hundred_thousand_bars_are_drawn_whole_and_moved_through(self):
        bars, spike = 100_000, 61_803
        file = Path(self.folder.name) / "minutes.csv"
        chance, price = random.Random(7), 100.0
        with file.open("w") as lines:
            lines.write("time,open,high,low,close,volume\n")
            for bar in range(bars):
                first, price = price, max(1, price * (1 + chance.gauss(0, 0.001)))
                high, low = (500 if bar == spike else max(first, price) + 0.01), min(first, price) - 0.01
                lines.write(f"{1577836800 + 60 * bar},{first:.4f},{high:.4f},{low:.4f},{price:.4f},{chance.randrange(9999)}\n")
        subprocess.run([PROGRAMS / "backtester", "data", "import", file, "--name", "minutes"], check=True,
                       stdout=subprocess.DEVNULL, env=self.environment)
        run = self.chart_of_new_run(dataset="import:minutes")
        self.assertEqual(self.page.evaluate("() => Backtester.chart.run.count"), bars)
        self.assertGreater(self.page.eval_on_selector("#chart-plot canvas", COLORS), 8)
        # What is drawn of all bars are buckets of many, and the one high that stands out is there.
        level = "() => { const { level, begin, end } = Backtester.chart; return [level.size, end - begin, Math.max(...level.high)]; }"
        size, drawn, highest = self.page.evaluate(level)
        self.assertGreater(size, 32)
        self.assertLess(drawn, 2000)
        self.assertEqual(highest, 500)
        # Down to single bars around it, which the server sends.
        self.page.evaluate("(bar) => Backtester.chart.show(bar - 60, bar + 60)", spike)
        self.page.wait_for_function("() => Backtester.chart.level.size === 1")
        highest, place = self.page.evaluate("() => { const { level } = Backtester.chart; const highest = Math.max(...level.high); return [highest, level.first + level.high.indexOf(highest)]; }")
        self.assertEqual((highest, place), (500, spike))
        box = self.plot()
        self.page.mouse.move(box["x"] + 200, box["y"] + 150)
        expect(self.page.locator(".legend").first).to_contain_text("SMA(10)")
        # Every picture has few buckets, however many bars it shows: the time a frame takes has a bound.
        for name, action in [
            ("zoom in", "chart.zoom(0.94, 61803)"), ("zoom out", "chart.zoom(1 / 0.94, 61803)"),
            ("pan all bars", "step || chart.show(0, 50000); chart.pan(500)"), ("pan a day", "step || chart.show(40000, 41440); chart.pan(15)"),
            ("hover", "chart.setCursor({ row: chart.begin + step % (chart.end - chart.begin), y: 200 })"),
        ]:
            if name == "zoom in":
                self.page.evaluate("() => Backtester.chart.show(0, 100000)")
            draws, gaps = self.page.evaluate(FRAMES, [action, 90])
            print(f"100,000 bars, {name}: draw {draws[0]:.1f} ms, 95 % {draws[1]:.1f}; frames {gaps[0]:.1f} ms apart, 95 % {gaps[1]:.1f}")
            self.assertLess(self.page.evaluate(level)[1], 2000, name)
        # The page itself stays small: trades are shown by pages, order events come when they are scrolled to.
        self.assertLess(len(self.page.request.get(f"{self.address}/runs/{run}").body()), 60_000)
        trades = self.page.locator("[data-table=trades]")
        self.assertEqual(trades.locator("tbody tr").count(), 25)
        self.assertGreater(self.page.evaluate("() => Backtester.chart.trades.count"), 2000)
        self.assertEqual(self.page.locator("[data-table=events] table").count(), 0)
        self.page.locator("[data-table=events]").scroll_into_view_if_needed()
        expect(self.page.locator("[data-table=events] tbody tr")).to_have_count(25)
        expect(self.page.locator("[data-table=events] .pager")).to_contain_text(" of ")

    # Tables

    def test_the_tables_of_a_run_sort_filter_and_turn(self):
        self.chart_of_new_run()
        trades = self.page.locator("[data-table=trades]")
        trades.get_by_role("button", name="Return").click()
        best = [float(t.replace("%", "").replace(",", "")) for t in trades.locator("tbody tr td:nth-child(9)").all_inner_texts()]
        self.assertEqual(best, sorted(best, reverse=True))
        trades.get_by_label("Result").select_option(label="loss")
        self.assertTrue(all(t.startswith("-") for t in trades.locator("tbody tr td:nth-child(9)").all_inner_texts()))
        trades.get_by_label("Result").select_option(label="all")
        trades.get_by_role("button", name="Next").click()
        expect(trades.locator(".pager")).to_contain_text("26–50 of")

    def test_runs_are_listed_filtered_sorted_and_deleted(self):
        self.chart_of_new_run(strategy="buy_and_hold", sample="IBM")
        kept = self.chart_of_new_run(strategy="ema_cross", sample="IBM", param__n1="17")
        gone = self.chart_of_new_run(strategy="ema_cross", sample="MSFT")
        self.open("/")
        self.page.select_option("[name=strategy]", "ema_cross")
        self.page.get_by_role("button", name="Filter").click()
        expect(self.page.locator("#runs tbody tr")).to_have_count(2)
        self.page.fill("[name=symbol]", "ibm")
        self.page.keyboard.press("Enter")
        expect(self.page.locator("#runs tbody tr")).to_have_count(1)
        self.page.get_by_role("link", name="Clear").click()
        self.page.fill("[name=q]", '"n1":17')
        self.page.keyboard.press("Enter")
        expect(self.page.locator("#runs tbody tr")).to_have_count(1)
        expect(self.page.locator("#runs tbody a.strategy")).to_have_attribute("href", f"/runs/{kept}")
        self.page.fill("[name=q]", "%")
        self.page.keyboard.press("Enter")
        expect(self.page.locator("#runs")).to_contain_text("No run matches.")
        self.open("/?strategy=ema_cross")
        self.page.get_by_role("link", name="Return").click()
        returns = [float(t.replace("%", "").replace(",", "")) for t in self.page.locator("#runs tbody td:nth-child(7)").all_inner_texts()]
        self.assertEqual(returns, sorted(returns, reverse=True))
        expect(self.page.locator("th[aria-sort=descending]")).to_have_text(re.compile("Return"))
        self.page.check(f"input[value='{gone}']")
        self.page.once("dialog", lambda dialog: dialog.dismiss())
        self.page.get_by_role("button", name="Delete 1 selected").click()
        expect(self.page.locator("#runs tbody tr")).to_have_count(2)
        self.page.once("dialog", lambda dialog: dialog.accept())
        self.page.get_by_role("button", name="Delete 1 selected").click()
        expect(self.page.locator("#runs tbody tr")).to_have_count(1)
        self.assertEqual(self.page.request.get(f"{self.address}/runs/{gone}").status, 404)

    def test_a_run_is_filled_in_again(self):
        run = self.chart_of_new_run(strategy="rsi", param__period="9", cash="2500", sample="AAPL")
        self.page.get_by_role("link", name="Run again…").click()
        expect(self.page.locator("[name='param.period']")).to_have_value("9")
        expect(self.page.locator("[name='cash']")).to_have_value("2500")
        expect(self.page.locator("[name='dataset']")).to_have_value("sample:AAPL")
        self.assertIn(run, self.page.url)

    # Everywhere

    def test_every_page_is_legible_wide_and_narrow_light_and_dark(self):
        run = self.chart_of_new_run(strategy="macd", sample="AAPL")
        self.start("rsi", to="1999-01-01")
        expect(self.page.locator(".failure")).to_contain_text("The run failed", timeout=PATIENCE)
        failed = self.page.url.removeprefix(self.address)
        pages = {"runs": "/", "run": f"/runs/{run}", "failed": failed, "new": "/new", "missing": "/runs/nope"}
        for name, path in pages.items():
            for width in (1280, 400):
                self.page.set_viewport_size({"width": width, "height": 900})
                for scheme in ("light", "dark"):
                    self.page.emulate_media(color_scheme=scheme)
                    if name == "missing":
                        # Not in this page's console: its status is meant.
                        self.page.set_content(self.page.request.get(self.address + path).text())
                    else:
                        self.open(path)
                    if name == "run":
                        self.page.wait_for_selector("#chart-plot[data-ready]")
                        self.frame()
                    with self.subTest(page=name, width=width, scheme=scheme):
                        self.assertEqual(self.page.evaluate(FAINT), [])
                        self.assertLessEqual(self.page.evaluate("document.documentElement.scrollWidth"), width)
                        unnamed = self.page.evaluate("""() => [...document.querySelectorAll('input:not([type=hidden]), select, button, a')]
                            .filter((e) => !(e.labels?.length || e.textContent.trim() || e.ariaLabel)).map((e) => e.outerHTML)""")
                        self.assertEqual(unnamed, [])
                    if SHOTS and name != "missing":
                        self.page.screenshot(path=f"{SHOTS}/{name}-{width}-{scheme}.png", full_page=True)
        self.page.emulate_media(media="print", color_scheme="dark")
        self.page.set_viewport_size({"width": 1000, "height": 900})
        self.open(f"/runs/{run}")
        self.page.wait_for_selector("#chart-plot[data-ready]")
        self.assertEqual(self.page.evaluate("getComputedStyle(document.body).backgroundColor"), "rgb(255, 255, 255)")
        self.assertFalse(self.page.locator("#chart-tools").is_visible())
        if SHOTS:
            self.page.pdf(path=f"{SHOTS}/run.pdf")

    def test_the_report_file_needs_no_network(self):
        run = self.chart_of_new_run(strategy="sma_cross", sample="FB")
        with self.page.expect_download() as download:
            self.page.get_by_role("link", name="Save report").click()
        file = Path(self.folder.name) / "run.html"
        download.value.save_as(file)
        requests = []
        self.page.on("request", lambda request: requests.append(request.url))
        self.page.goto(file.as_uri())
        self.page.wait_for_selector("#chart-plot[data-ready]")
        self.assertEqual(requests, [file.as_uri()])
        self.assertGreater(self.page.eval_on_selector("#chart-plot canvas", COLORS), 8)
        expect(self.page.locator("footer")).to_contain_text(run)
        box = self.plot()
        self.page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + 150)
        self.page.mouse.wheel(0, -500)
        self.assertLess(self.view()["to"] - self.view()["from"], 196)

    def test_the_server_and_the_file_draw_the_same(self):
        run = self.chart_of_new_run(strategy="rsi", sample="MSFT")
        served = self.page.evaluate("() => { const { level } = Backtester.chart; return [level.size, ...level.high, ...level.lines[0].low, ...level.lines[1].low].map((v) => v.toPrecision(12)); }")
        file = Path(self.folder.name) / "same.html"
        file.write_bytes(self.page.request.get(f"{self.address}/runs/{run}/report.html").body())
        self.page.goto(file.as_uri())
        self.page.wait_for_selector("#chart-plot[data-ready]")
        size = served[0]
        embedded = self.page.evaluate("(size) => { const level = Backtester.chart.source.level(size); return [level.size, ...level.high, ...level.lines[0].low, ...level.lines[1].low].map((v) => v.toPrecision(12)); }", float(size))
        self.assertEqual(embedded, served)

    def test_without_scripts_the_pages_still_work(self):
        context = self.browser.new_context(java_script_enabled=False)
        page = context.new_page()
        page.goto(self.address + "/new?strategy=rsi")
        page.fill("[name='param.period']", "11")
        page.get_by_role("button", name="Run", exact=True).click()
        page.goto(page.url)
        expect(page.locator("h1")).to_have_text("rsi on GOOG")
        page.goto(self.address + "/")
        expect(page.locator("#runs tbody tr").first).to_contain_text("rsi")
        context.close()


if __name__ == "__main__":
    unittest.main(verbosity=2)
