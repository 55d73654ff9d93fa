"use strict";
// Long tables in pages, sorted and filtered in the browser.
Backtester.Table = class {
  static PAGE = 25;

  /**
   * `columns`: {title, value(row), text(row), isNumber, tone(row)}; `filters`: {label, choices: [{title, test(row)}]};
   * `open(row)` is called for a row that is activated; without it rows are not.
   */
  constructor(container, { caption, count, columns, filters = [], open = null, openTitle = null }) {
    Object.assign(this, { container, columns, open, openTitle, count, page: 0, sort: null, selected: null });
    this.chosen = filters.map(() => 0);
    this.filters = filters;
    const { make } = Backtester;
    this.body = make("tbody");
    this.heads = columns.map((column, position) => {
      const button = make("button", { type: "button" }, column.title);
      button.addEventListener("click", () => this.sortBy(position));
      return make("th", { scope: "col", class: column.isNumber ? "number" : false }, button);
    });
    const table = make("table", { class: "data" },
      make("caption", { class: "visually-hidden" }, caption), make("thead", {}, make("tr", {}, ...this.heads)), this.body);
    this.status = make("span", { "aria-live": "polite" });
    this.previous = make("button", { type: "button" }, "Previous");
    this.next = make("button", { type: "button" }, "Next");
    this.previous.addEventListener("click", () => this.turn(-1));
    this.next.addEventListener("click", () => this.turn(1));
    container.replaceChildren(
      ...(filters.length ? [make("div", { class: "filters" }, ...filters.map((filter, position) => this.filter(filter, position)))] : []),
      make("div", { class: "scroller", tabindex: "0", role: "region", "aria-label": caption }, table),
      make("div", { class: "pager" }, this.previous, this.status, this.next));
    this.arrange();
  }

  filter(filter, position) {
    const { make } = Backtester;
    const select = make("select", {}, ...filter.choices.map((choice, n) => make("option", { value: n }, choice.title)));
    select.addEventListener("change", () => { this.chosen[position] = Number(select.value); this.page = 0; this.arrange(); });
    return make("label", {}, `${filter.label} `, select);
  }

  sortBy(position) {
    const isSame = this.sort?.position === position;
    const first = this.columns[position].isNumber ? -1 : 1;
    this.sort = !isSame ? { position, direction: first } : this.sort.direction === first ? { position, direction: -first } : null;
    this.page = 0;
    this.arrange();
  }

  turn(pages) {
    this.page = Math.min(Math.max(this.page + pages, 0), this.pages - 1);
    this.render();
  }

  get pages() { return Math.max(1, Math.ceil(this.rows.length / Backtester.Table.PAGE)); }

  /** Filters and sorts; what has no value comes last either way. */
  arrange() {
    const tests = this.filters.map((filter, n) => filter.choices[this.chosen[n]].test).filter(Boolean);
    this.rows = [];
    for (let row = 0; row < this.count; row++) if (tests.every((test) => test(row))) this.rows.push(row);
    if (this.sort) {
      const { value } = this.columns[this.sort.position];
      const { direction } = this.sort;
      const isMissing = (key) => key === null || key === undefined || Number.isNaN(key);
      const keys = new Map(this.rows.map((row) => [row, value(row)]));
      this.rows.sort((a, b) => {
        const [x, y] = [keys.get(a), keys.get(b)];
        if (isMissing(x) || isMissing(y)) return isMissing(x) - isMissing(y) || a - b;
        return (x < y ? -direction : x > y ? direction : 0) || a - b;
      });
    }
    this.heads.forEach((head, position) => {
      if (this.sort?.position === position) head.setAttribute("aria-sort", this.sort.direction > 0 ? "ascending" : "descending");
      else head.removeAttribute("aria-sort");
    });
    this.render();
  }

  render() {
    const { make, format } = Backtester;
    const size = Backtester.Table.PAGE;
    const shown = this.rows.slice(this.page * size, (this.page + 1) * size);
    this.body.replaceChildren(...shown.map((row) => {
      const cells = this.columns.map((column, position) => {
        const text = column.text(row);
        const content = position === 0 && this.open
          ? make("button", { type: "button", class: "link", title: this.openTitle }, text) : text;
        return make("td", { class: [column.isNumber ? "number" : "", column.tone?.(row) ?? ""].join(" ").trim() || false }, content);
      });
      const line = make("tr", { "aria-selected": this.open ? String(row === this.selected) : false, "data-row": row }, ...cells);
      if (this.open) line.addEventListener("click", () => { this.mark(row); this.open(row); });
      return line;
    }));
    if (shown.length === 0) this.body.append(make("tr", {}, make("td", { colspan: this.columns.length, class: "empty" }, this.count === 0 ? "There are none." : "None match.")));
    const first = this.page * size + 1;
    const total = this.rows.length;
    this.status.textContent = total === 0 ? "" : `${format.count(first)}–${format.count(first + shown.length - 1)} of ${format.count(total)}`;
    this.previous.disabled = this.page === 0;
    this.next.disabled = this.page >= this.pages - 1;
    this.container.querySelector(".pager").hidden = this.pages === 1 && this.filters.length === 0;
  }

  /** Marks a row without opening it. */
  mark(row) {
    this.selected = row;
    for (const line of this.body.rows) if (line.dataset.row) line.setAttribute("aria-selected", String(Number(line.dataset.row) === row));
  }

  /** Turns to a row's page and marks it. */
  reveal(row) {
    const position = this.rows.indexOf(row);
    if (position >= 0) {
      this.page = Math.floor(position / Backtester.Table.PAGE);
      this.selected = row;
      this.render();
    }
  }
};
