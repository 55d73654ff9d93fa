/// The API's description for programs, served as `/api/v1/openapi.json`. Tests hold it against the routes and what they
/// answer.
enum OpenAPIDocument {
  static let bytes = Array(text.utf8)

  // Sentences are not broken: a JSON text has no line ends.
  // swift-format-ignore
  private static let text = #"""
    {
      "openapi": "3.1.0",
      "info": {
        "title": "backtester",
        "version": "1",
        "description": "Runs backtests and shows stored ones. A slash at the end of a path makes no difference.",
        "license": {"name": "MIT", "identifier": "MIT"}
      },
      "security": [{}, {"bearer": []}, {"basic": []}],
      "paths": {
        "/api/v1/backtest/": {
          "post": {
            "operationId": "runBacktest",
            "summary": "Run a backtest and wait for its result; hanging up cancels it.",
            "requestBody": {
              "required": true,
              "content": {
                "application/json": {"schema": {"$ref": "#/components/schemas/BacktestRequest"}},
                "application/x-www-form-urlencoded": {"schema": {"$ref": "#/components/schemas/BacktestRequest"}},
                "multipart/form-data": {"schema": {"$ref": "#/components/schemas/BacktestRequest"}}
              }
            },
            "responses": {
              "200": {
                "description": "The result.",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/BacktestResult"}}}
              },
              "400": {"$ref": "#/components/responses/BadRequest"},
              "403": {"$ref": "#/components/responses/Forbidden"},
              "408": {"$ref": "#/components/responses/Timeout"},
              "413": {"$ref": "#/components/responses/TooLarge"},
              "415": {"$ref": "#/components/responses/MediaType"},
              "431": {"$ref": "#/components/responses/HeaderTooLarge"},
              "401": {"$ref": "#/components/responses/Unauthorized"},
              "421": {"$ref": "#/components/responses/Misdirected"},
              "503": {"$ref": "#/components/responses/Overloaded"}
            }
          }
        },
        "/api/v1/backtests/": {
          "get": {
            "operationId": "listRuns",
            "summary": "Stored runs, newest first unless ordered otherwise.",
            "parameters": [
              {
                "name": "page",
                "in": "query",
                "schema": {"type": "integer", "minimum": 1, "default": 1},
                "description": "Page, counted from 1."
              },
              {
                "name": "page_size",
                "in": "query",
                "schema": {"type": "integer", "minimum": 1, "default": 50},
                "description": "Runs on a page; at most 500 are given."
              },
              {
                "name": "ordering",
                "in": "query",
                "schema": {
                  "type": "string",
                  "enum": [
                    "created",
                    "ticker",
                    "strategy",
                    "status",
                    "interval",
                    "start_date",
                    "end_date",
                    "starting_capital",
                    "bars",
                    "duration_seconds",
                    "total_return_pct",
                    "cagr_pct",
                    "sharpe",
                    "max_drawdown_pct",
                    "trades",
                    "winrate_pct",
                    "-created",
                    "-ticker",
                    "-strategy",
                    "-status",
                    "-interval",
                    "-start_date",
                    "-end_date",
                    "-starting_capital",
                    "-bars",
                    "-duration_seconds",
                    "-total_return_pct",
                    "-cagr_pct",
                    "-sharpe",
                    "-max_drawdown_pct",
                    "-trades",
                    "-winrate_pct"
                  ]
                },
                "description": "What to sort by; a minus sign turns it round. Runs without a value come last."
              },
              {
                "name": "ticker",
                "in": "query",
                "schema": {"type": "string"},
                "description": "Only runs of this symbol."
              },
              {
                "name": "strategy",
                "in": "query",
                "schema": {"type": "string"},
                "description": "Only runs of these strategies, joined by commas."
              },
              {
                "name": "status",
                "in": "query",
                "schema": {
                  "type": "string",
                  "pattern": "^(queued|starting|running|completed|failed|cancelled|interrupted)(,(queued|starting|running|completed|failed|cancelled|interrupted))*$"
                },
                "description": "Only runs in these states, joined by commas: queued, starting, running, completed, failed, cancelled, interrupted."
              },
              {
                "name": "start_date",
                "in": "query",
                "schema": {"type": "string", "format": "date"},
                "description": "Only runs whose first bar is on this day or later."
              },
              {
                "name": "end_date",
                "in": "query",
                "schema": {"type": "string", "format": "date"},
                "description": "Only runs whose last bar is on this day or earlier."
              },
              {
                "name": "created_after",
                "in": "query",
                "schema": {"type": "string", "format": "date"},
                "description": "Only runs asked for on this day or later."
              },
              {
                "name": "created_before",
                "in": "query",
                "schema": {"type": "string", "format": "date"},
                "description": "Only runs asked for on this day or earlier."
              }
            ],
            "responses": {
              "200": {
                "description": "One page.",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/RunPage"}}}
              },
              "400": {"$ref": "#/components/responses/BadRequest"},
              "431": {"$ref": "#/components/responses/HeaderTooLarge"},
              "404": {"$ref": "#/components/responses/NotFound"},
              "401": {"$ref": "#/components/responses/Unauthorized"},
              "421": {"$ref": "#/components/responses/Misdirected"},
              "503": {"$ref": "#/components/responses/Overloaded"}
            }
          },
          "post": {
            "operationId": "startRun",
            "summary": "Start a run and answer at once.",
            "requestBody": {
              "required": true,
              "content": {
                "application/json": {"schema": {"$ref": "#/components/schemas/BacktestRequest"}},
                "application/x-www-form-urlencoded": {"schema": {"$ref": "#/components/schemas/BacktestRequest"}},
                "multipart/form-data": {"schema": {"$ref": "#/components/schemas/BacktestRequest"}}
              }
            },
            "responses": {
              "202": {
                "description": "It waits or is under way.",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/RunStarted"}}},
                "headers": {"Location": {"schema": {"type": "string"}}}
              },
              "400": {"$ref": "#/components/responses/BadRequest"},
              "403": {"$ref": "#/components/responses/Forbidden"},
              "408": {"$ref": "#/components/responses/Timeout"},
              "413": {"$ref": "#/components/responses/TooLarge"},
              "415": {"$ref": "#/components/responses/MediaType"},
              "431": {"$ref": "#/components/responses/HeaderTooLarge"},
              "401": {"$ref": "#/components/responses/Unauthorized"},
              "421": {"$ref": "#/components/responses/Misdirected"},
              "503": {"$ref": "#/components/responses/Overloaded"}
            }
          }
        },
        "/api/v1/backtests/{id}/": {
          "parameters": [
            {
              "name": "id",
              "in": "path",
              "required": true,
              "schema": {"type": "string"},
              "description": "A run_id."
            }
          ],
          "get": {
            "operationId": "showRun",
            "summary": "A run with everything it produced.",
            "responses": {
              "200": {
                "description": "The run.",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Run"}}}
              },
              "400": {"$ref": "#/components/responses/BadRequest"},
              "431": {"$ref": "#/components/responses/HeaderTooLarge"},
              "404": {"$ref": "#/components/responses/NotFound"},
              "401": {"$ref": "#/components/responses/Unauthorized"},
              "421": {"$ref": "#/components/responses/Misdirected"},
              "503": {"$ref": "#/components/responses/Overloaded"}
            }
          },
          "delete": {
            "operationId": "deleteRun",
            "summary": "Delete a run and everything it produced.",
            "responses": {
              "204": {"description": "It is gone."},
              "400": {"$ref": "#/components/responses/BadRequest"},
              "431": {"$ref": "#/components/responses/HeaderTooLarge"},
              "403": {"$ref": "#/components/responses/Forbidden"},
              "404": {"$ref": "#/components/responses/NotFound"},
              "409": {"$ref": "#/components/responses/Conflict"},
              "401": {"$ref": "#/components/responses/Unauthorized"},
              "421": {"$ref": "#/components/responses/Misdirected"},
              "503": {"$ref": "#/components/responses/Overloaded"}
            }
          }
        },
        "/api/v1/backtests/{id}/progress/": {
          "parameters": [
            {
              "name": "id",
              "in": "path",
              "required": true,
              "schema": {"type": "string"},
              "description": "A run_id."
            }
          ],
          "get": {
            "operationId": "showProgress",
            "summary": "How far a run is.",
            "responses": {
              "200": {
                "description": "Its progress.",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/RunProgress"}}}
              },
              "400": {"$ref": "#/components/responses/BadRequest"},
              "431": {"$ref": "#/components/responses/HeaderTooLarge"},
              "404": {"$ref": "#/components/responses/NotFound"},
              "401": {"$ref": "#/components/responses/Unauthorized"},
              "421": {"$ref": "#/components/responses/Misdirected"},
              "503": {"$ref": "#/components/responses/Overloaded"}
            }
          }
        },
        "/api/v1/backtests/{id}/cancel/": {
          "parameters": [
            {
              "name": "id",
              "in": "path",
              "required": true,
              "schema": {"type": "string"},
              "description": "A run_id."
            }
          ],
          "post": {
            "operationId": "cancelRun",
            "summary": "Ask a run to stop.",
            "responses": {
              "202": {
                "description": "It will.",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/RunStarted"}}}
              },
              "400": {"$ref": "#/components/responses/BadRequest"},
              "431": {"$ref": "#/components/responses/HeaderTooLarge"},
              "403": {"$ref": "#/components/responses/Forbidden"},
              "404": {"$ref": "#/components/responses/NotFound"},
              "409": {"$ref": "#/components/responses/Conflict"},
              "401": {"$ref": "#/components/responses/Unauthorized"},
              "421": {"$ref": "#/components/responses/Misdirected"},
              "503": {"$ref": "#/components/responses/Overloaded"}
            }
          }
        },
        "/api/v1/strategies/": {
          "get": {
            "operationId": "listStrategies",
            "summary": "Built-in strategies and installed plugins.",
            "responses": {
              "200": {
                "description": "All of them.",
                "content": {
                  "application/json": {"schema": {"type": "array", "items": {"$ref": "#/components/schemas/Strategy"}}}
                }
              },
              "400": {"$ref": "#/components/responses/BadRequest"},
              "431": {"$ref": "#/components/responses/HeaderTooLarge"},
              "401": {"$ref": "#/components/responses/Unauthorized"},
              "421": {"$ref": "#/components/responses/Misdirected"},
              "503": {"$ref": "#/components/responses/Overloaded"}
            }
          }
        },
        "/api/v1/strategies/{name}/": {
          "parameters": [{"name": "name", "in": "path", "required": true, "schema": {"type": "string"}}],
          "get": {
            "operationId": "describeStrategy",
            "summary": "One strategy; a plugin is started to ask it.",
            "responses": {
              "200": {
                "description": "The strategy.",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Strategy"}}}
              },
              "400": {"$ref": "#/components/responses/BadRequest"},
              "431": {"$ref": "#/components/responses/HeaderTooLarge"},
              "404": {"$ref": "#/components/responses/NotFound"},
              "409": {"$ref": "#/components/responses/Conflict"},
              "401": {"$ref": "#/components/responses/Unauthorized"},
              "421": {"$ref": "#/components/responses/Misdirected"},
              "503": {"$ref": "#/components/responses/Overloaded"}
            }
          }
        },
        "/api/v1/datasets/": {
          "get": {
            "operationId": "listDatasets",
            "summary": "Bars that a run can use without the network: samples, what was fetched, what was imported.",
            "responses": {
              "200": {
                "description": "All of them.",
                "content": {
                  "application/json": {"schema": {"type": "array", "items": {"$ref": "#/components/schemas/Dataset"}}}
                }
              },
              "400": {"$ref": "#/components/responses/BadRequest"},
              "431": {"$ref": "#/components/responses/HeaderTooLarge"},
              "401": {"$ref": "#/components/responses/Unauthorized"},
              "421": {"$ref": "#/components/responses/Misdirected"},
              "503": {"$ref": "#/components/responses/Overloaded"}
            }
          }
        },
        "/api/v1/healthcheck/": {
          "get": {
            "operationId": "checkHealth",
            "summary": "Whether the server and its database answer.",
            "responses": {
              "200": {
                "description": "They do.",
                "content": {
                  "application/json": {
                    "schema": {
                      "type": "object",
                      "properties": {"status": {"type": "string", "const": "ok"}},
                      "required": ["status"],
                      "additionalProperties": false
                    }
                  }
                }
              },
              "400": {"$ref": "#/components/responses/BadRequest"},
              "431": {"$ref": "#/components/responses/HeaderTooLarge"},
              "401": {"$ref": "#/components/responses/Unauthorized"},
              "421": {"$ref": "#/components/responses/Misdirected"},
              "503": {"$ref": "#/components/responses/Overloaded"}
            }
          }
        },
        "/api/v1/openapi.json": {
          "get": {
            "operationId": "showDocument",
            "summary": "This document.",
            "responses": {
              "200": {"description": "The document.", "content": {"application/json": {"schema": {"type": "object"}}}},
              "400": {"$ref": "#/components/responses/BadRequest"},
              "431": {"$ref": "#/components/responses/HeaderTooLarge"},
              "401": {"$ref": "#/components/responses/Unauthorized"},
              "421": {"$ref": "#/components/responses/Misdirected"},
              "503": {"$ref": "#/components/responses/Overloaded"}
            }
          }
        }
      },
      "components": {
        "schemas": {
          "BacktestRequest": {
            "type": "object",
            "description": "What to run. Unknown fields are ignored.",
            "properties": {
              "ticker": {"type": "string", "minLength": 1, "maxLength": 20, "description": "Trimmed and upper-cased."},
              "startDate": {"type": "string", "format": "date", "description": "First day."},
              "endDate": {"type": "string", "format": "date", "description": "First day left out; after startDate."},
              "strategy": {
                "type": "string",
                "minLength": 1,
                "maxLength": 100,
                "description": "A built-in strategy, one of its aliases, or an installed plugin; GET /api/v1/strategies/ lists them."
              },
              "capital": {
                "description": "Money at the start, above 0; forms send it as text.",
                "oneOf": [
                  {"type": "number", "exclusiveMinimum": 0},
                  {"type": "string", "pattern": "^[0-9]{0,9}[1-9][0-9]{0,9}(\\.[0-9]{1,9})?$"}
                ]
              },
              "interval": {
                "type": "string",
                "enum": [
                  "1m",
                  "2m",
                  "5m",
                  "15m",
                  "30m",
                  "1h",
                  "60m",
                  "90m",
                  "4h",
                  "1d",
                  "1wk",
                  "1w",
                  "1week",
                  "1mo",
                  "1month",
                  "3mo"
                ],
                "default": "1d"
              },
              "source": {
                "type": "string",
                "enum": ["yahoo", "sample"],
                "default": "yahoo",
                "description": "Yahoo's bars by way of the cache, or the daily bars the program carries."
              },
              "dataset": {
                "type": "string",
                "maxLength": 300,
                "description": "A data set of GET /api/v1/datasets/, in place of ticker, interval and source; all its bars unless dates are given."
              },
              "parameters": {
                "type": "object",
                "description": "The strategy's parameters; in a form, fields named parameters.NAME.",
                "additionalProperties": {"type": ["number", "string", "boolean", "null"]}
              },
              "commission": {
                "type": "number",
                "minimum": -0.1,
                "exclusiveMaximum": 0.1,
                "default": 0,
                "description": "Fraction of the value of each execution."
              },
              "spread": {"type": "number", "minimum": 0, "exclusiveMaximum": 1, "default": 0},
              "margin": {"type": "number", "exclusiveMinimum": 0, "maximum": 1, "default": 1},
              "trade_on_close": {"type": "boolean", "default": false},
              "hedging": {"type": "boolean", "default": false},
              "exclusive_orders": {"type": "boolean", "default": false},
              "finalize": {"type": "boolean", "default": false},
              "profile": {"type": "string", "enum": ["compat", "strict"], "default": "compat"},
              "mode": {
                "type": "string",
                "enum": ["auto", "lockstep", "preload", "streamed", "vectorized"],
                "default": "auto"
              },
              "seed": {"type": "integer", "minimum": 0, "maximum": 9007199254740992, "default": 0}
            },
            "required": ["strategy", "capital"],
            "anyOf": [{"required": ["ticker", "startDate", "endDate"]}, {"required": ["dataset"]}]
          },
          "Dataset": {
            "type": "object",
            "properties": {
              "dataset": {"type": "string", "description": "Its id, e.g. sample:GOOG, yahoo:AAPL:1d or import:NAME."},
              "kind": {"type": "string", "enum": ["sample", "cached", "imported"]},
              "symbol": {"type": "string"},
              "interval": {"type": ["string", "null"]},
              "start_date": {"type": ["string", "null"], "format": "date"},
              "end_date": {"type": ["string", "null"], "format": "date"},
              "rows": {"type": "integer"},
              "currency": {"type": ["string", "null"]},
              "description": {"type": "string"}
            },
            "required": [
              "dataset", "kind", "symbol", "interval", "start_date", "end_date", "rows", "currency", "description"
            ],
            "additionalProperties": false
          },
          "EquityChart": {
            "type": "object",
            "properties": {
              "dates": {
                "type": "array",
                "items": {"type": "integer", "description": "Milliseconds since 1970-01-01T00:00:00Z."}
              },
              "equity": {"type": "array", "items": {"type": ["number", "null"]}}
            },
            "required": ["dates", "equity"],
            "additionalProperties": false
          },
          "Trade": {
            "type": "object",
            "properties": {
              "trade_id": {"type": "integer"},
              "symbol": {"type": "string"},
              "entry_time": {"type": "integer", "description": "Milliseconds since 1970-01-01T00:00:00Z."},
              "exit_time": {"type": "integer", "description": "Milliseconds since 1970-01-01T00:00:00Z."},
              "entry_index": {"type": "integer"},
              "exit_index": {"type": "integer"},
              "entry_price": {"type": ["number", "null"]},
              "exit_price": {"type": ["number", "null"]},
              "size": {"type": ["number", "null"]},
              "pnl": {"type": ["number", "null"]},
              "return_pct": {"type": ["number", "null"]},
              "duration_seconds": {"type": ["number", "null"]},
              "commission": {"type": ["number", "null"]},
              "stop_loss": {"type": ["number", "null"]},
              "take_profit": {"type": ["number", "null"]},
              "tag": {"type": ["string", "null"]}
            },
            "required": [
              "trade_id",
              "symbol",
              "entry_time",
              "exit_time",
              "entry_index",
              "exit_index",
              "entry_price",
              "exit_price",
              "size",
              "pnl",
              "return_pct",
              "duration_seconds",
              "commission",
              "stop_loss",
              "take_profit",
              "tag"
            ],
            "additionalProperties": false
          },
          "OpenTrade": {
            "type": "object",
            "properties": {
              "trade_id": {"type": "integer"},
              "symbol": {"type": "string"},
              "entry_time": {"type": ["integer", "null"]},
              "entry_index": {"type": "integer"},
              "entry_price": {"type": ["number", "null"]},
              "size": {"type": ["number", "null"]},
              "stop_loss": {"type": ["number", "null"]},
              "take_profit": {"type": ["number", "null"]},
              "tag": {"type": ["string", "null"]}
            },
            "required": [
              "trade_id",
              "symbol",
              "entry_time",
              "entry_index",
              "entry_price",
              "size",
              "stop_loss",
              "take_profit",
              "tag"
            ],
            "additionalProperties": false
          },
          "OrderEvent": {
            "type": "object",
            "properties": {
              "sequence": {"type": "integer"},
              "kind": {"type": "string"},
              "index": {"type": "integer"},
              "time": {"type": "integer", "description": "Milliseconds since 1970-01-01T00:00:00Z."},
              "order_id": {"type": "integer"},
              "client_order_id": {"type": ["string", "null"]},
              "role": {"type": "string"},
              "symbol": {"type": "string"},
              "side": {"type": "string", "enum": ["buy", "sell"]},
              "size": {"type": ["number", "null"]},
              "price": {"type": ["number", "null"]},
              "commission": {"type": ["number", "null"]},
              "trade_id": {"type": ["integer", "null"]},
              "reason": {
                "oneOf": [
                  {"type": "null"},
                  {
                    "type": "object",
                    "properties": {"code": {"type": "string"}, "message": {"type": "string"}},
                    "required": ["code", "message"],
                    "additionalProperties": false
                  }
                ]
              }
            },
            "required": [
              "sequence",
              "kind",
              "index",
              "time",
              "order_id",
              "client_order_id",
              "role",
              "symbol",
              "side",
              "size",
              "price",
              "commission",
              "trade_id",
              "reason"
            ],
            "additionalProperties": false
          },
          "BacktestResult": {
            "type": "object",
            "properties": {
              "metrics": {
                "type": "object",
                "description": "Two decimals; 0 where undefined.",
                "properties": {
                  "total_return_pct": {"type": "number"},
                  "cagr_pct": {"type": "number"},
                  "sharpe": {"type": "number"},
                  "max_drawdown_pct": {"type": "number"},
                  "trades": {"type": "integer"},
                  "winrate_pct": {"type": "number"}
                },
                "required": ["total_return_pct", "cagr_pct", "sharpe", "max_drawdown_pct", "trades", "winrate_pct"],
                "additionalProperties": false
              },
              "price_chart": {
                "type": "object",
                "properties": {
                  "dates": {
                    "type": "array",
                    "items": {"type": "integer", "description": "Milliseconds since 1970-01-01T00:00:00Z."}
                  },
                  "close": {"type": "array", "items": {"type": ["number", "null"]}},
                  "sma1": {
                    "type": "array",
                    "items": {"type": ["number", "null"]},
                    "description": "Empty when the strategy draws none."
                  },
                  "sma2": {"type": "array", "items": {"type": ["number", "null"]}},
                  "buy_signals": {
                    "type": "array",
                    "items": {"type": ["number", "null"]},
                    "description": "Entry price of a long trade entered on the bar."
                  },
                  "sell_signals": {
                    "type": "array",
                    "items": {"type": ["number", "null"]},
                    "description": "Entry price of a short trade entered on the bar."
                  }
                },
                "required": ["dates", "close", "sma1", "sma2", "buy_signals", "sell_signals"],
                "additionalProperties": false
              },
              "equity_chart": {"$ref": "#/components/schemas/EquityChart"},
              "run_id": {"type": ["string", "null"]},
              "trades": {"type": "array", "items": {"$ref": "#/components/schemas/Trade"}},
              "warnings": {"type": "array", "items": {"type": "string"}}
            },
            "required": ["metrics", "price_chart", "equity_chart", "run_id", "trades", "warnings"],
            "additionalProperties": false
          },
          "RunSummary": {
            "type": "object",
            "properties": {
              "run_id": {"type": "string"},
              "status": {
                "type": "string",
                "enum": ["queued", "starting", "running", "completed", "failed", "cancelled", "interrupted"]
              },
              "ticker": {"type": "string"},
              "start_date": {"type": ["string", "null"], "format": "date"},
              "end_date": {"type": ["string", "null"], "format": "date"},
              "strategy": {"type": "string"},
              "starting_capital": {"type": ["number", "null"]},
              "interval": {"type": "string"},
              "total_return_pct": {"type": ["number", "null"]},
              "cagr_pct": {"type": ["number", "null"]},
              "sharpe": {"type": ["number", "null"]},
              "max_drawdown_pct": {"type": ["number", "null"]},
              "trades": {"type": ["integer", "null"]},
              "winrate_pct": {"type": ["number", "null"]},
              "created": {"type": "string", "format": "date-time"},
              "duration_seconds": {"type": ["number", "null"]},
              "bars": {"type": ["integer", "null"]},
              "failure": {
                "oneOf": [
                  {"type": "null"},
                  {
                    "type": "object",
                    "properties": {
                      "kind": {"type": "string"},
                      "message": {"type": "string"},
                      "fault": {"type": ["string", "null"]}
                    },
                    "required": ["kind", "message", "fault"],
                    "additionalProperties": false
                  }
                ]
              }
            },
            "required": [
              "run_id",
              "status",
              "ticker",
              "start_date",
              "end_date",
              "strategy",
              "starting_capital",
              "interval",
              "total_return_pct",
              "cagr_pct",
              "sharpe",
              "max_drawdown_pct",
              "trades",
              "winrate_pct",
              "created",
              "duration_seconds",
              "bars",
              "failure"
            ],
            "additionalProperties": false
          },
          "Run": {
            "type": "object",
            "properties": {
              "run_id": {"type": "string"},
              "status": {
                "type": "string",
                "enum": ["queued", "starting", "running", "completed", "failed", "cancelled", "interrupted"]
              },
              "ticker": {"type": "string"},
              "start_date": {"type": ["string", "null"], "format": "date"},
              "end_date": {"type": ["string", "null"], "format": "date"},
              "strategy": {"type": "string"},
              "starting_capital": {"type": ["number", "null"]},
              "interval": {"type": "string"},
              "total_return_pct": {"type": ["number", "null"]},
              "cagr_pct": {"type": ["number", "null"]},
              "sharpe": {"type": ["number", "null"]},
              "max_drawdown_pct": {"type": ["number", "null"]},
              "trades": {
                "type": "array",
                "items": {"$ref": "#/components/schemas/Trade"},
                "description": "Closed trades in closing order."
              },
              "winrate_pct": {"type": ["number", "null"]},
              "created": {"type": "string", "format": "date-time"},
              "duration_seconds": {"type": ["number", "null"]},
              "bars": {"type": ["integer", "null"]},
              "failure": {
                "oneOf": [
                  {"type": "null"},
                  {
                    "type": "object",
                    "properties": {
                      "kind": {"type": "string"},
                      "message": {"type": "string"},
                      "fault": {"type": ["string", "null"]}
                    },
                    "required": ["kind", "message", "fault"],
                    "additionalProperties": false
                  }
                ]
              },
              "metrics": {
                "type": "object",
                "description": "Every statistic in full precision, null where undefined.",
                "additionalProperties": {"type": ["number", "null"]}
              },
              "request": {"description": "The request with everything filled in."},
              "parameters": {"description": "The strategy's parameters."},
              "tags": {"type": "array", "items": {"type": "string"}},
              "warnings": {"type": "array", "items": {"type": "string"}},
              "started": {"type": ["string", "null"], "format": "date-time"},
              "finished": {"type": ["string", "null"], "format": "date-time"},
              "profile": {"type": ["string", "null"]},
              "mode": {"type": ["string", "null"]},
              "data_sha256": {"type": ["string", "null"]},
              "engine_version": {"type": ["string", "null"]},
              "fingerprint": {"type": ["string", "null"]},
              "seed": {"type": ["string", "null"], "description": "In digits, as it may be beyond 2^53."},
              "equity_chart": {"$ref": "#/components/schemas/EquityChart"},
              "price_chart": {
                "oneOf": [
                  {"type": "null"},
                  {
                    "type": "object",
                    "properties": {
                      "dates": {
                        "type": "array",
                        "items": {"type": "integer", "description": "Milliseconds since 1970-01-01T00:00:00Z."}
                      },
                      "open": {"type": "array", "items": {"type": ["number", "null"]}},
                      "high": {"type": "array", "items": {"type": ["number", "null"]}},
                      "low": {"type": "array", "items": {"type": ["number", "null"]}},
                      "close": {"type": "array", "items": {"type": ["number", "null"]}},
                      "buy_signals": {"type": "array", "items": {"type": ["number", "null"]}},
                      "sell_signals": {"type": "array", "items": {"type": ["number", "null"]}},
                      "overlays": {
                        "type": "array",
                        "items": {
                          "type": "object",
                          "properties": {
                            "name": {"type": "string"},
                            "pane": {"type": "string", "enum": ["price", "separate"]},
                            "values": {"type": "array", "items": {"type": ["number", "null"]}}
                          },
                          "required": ["name", "pane", "values"],
                          "additionalProperties": false
                        }
                      }
                    },
                    "required": ["dates", "open", "high", "low", "close", "buy_signals", "sell_signals", "overlays"],
                    "additionalProperties": false
                  }
                ],
                "description": "Null when the bars cannot be had again unchanged."
              },
              "price_chart_missing": {"type": ["string", "null"], "description": "Why there are no prices."},
              "open_trades": {"type": "array", "items": {"$ref": "#/components/schemas/OpenTrade"}},
              "order_events": {"type": "array", "items": {"$ref": "#/components/schemas/OrderEvent"}},
              "annotations": {
                "type": "array",
                "items": {
                  "type": "object",
                  "properties": {
                    "name": {"type": "string"},
                    "values": {"type": "array", "items": {"type": ["number", "null"]}}
                  },
                  "required": ["name", "values"],
                  "additionalProperties": false
                }
              }
            },
            "required": [
              "run_id",
              "status",
              "ticker",
              "start_date",
              "end_date",
              "strategy",
              "starting_capital",
              "interval",
              "total_return_pct",
              "cagr_pct",
              "sharpe",
              "max_drawdown_pct",
              "trades",
              "winrate_pct",
              "created",
              "duration_seconds",
              "bars",
              "failure",
              "metrics",
              "request",
              "parameters",
              "tags",
              "warnings",
              "started",
              "finished",
              "profile",
              "mode",
              "data_sha256",
              "engine_version",
              "fingerprint",
              "seed",
              "equity_chart",
              "price_chart",
              "price_chart_missing",
              "open_trades",
              "order_events",
              "annotations"
            ],
            "additionalProperties": false
          },
          "RunPage": {
            "type": "object",
            "properties": {
              "count": {"type": "integer"},
              "next": {"type": ["string", "null"], "format": "uri"},
              "previous": {"type": ["string", "null"], "format": "uri"},
              "results": {"type": "array", "items": {"$ref": "#/components/schemas/RunSummary"}}
            },
            "required": ["count", "next", "previous", "results"],
            "additionalProperties": false
          },
          "RunStarted": {
            "type": "object",
            "properties": {"run_id": {"type": "string"}, "status": {"type": "string"}},
            "required": ["run_id", "status"],
            "additionalProperties": false
          },
          "RunProgress": {
            "type": "object",
            "properties": {
              "run_id": {"type": "string"},
              "status": {
                "type": "string",
                "enum": ["queued", "starting", "running", "completed", "failed", "cancelled", "interrupted"]
              },
              "finished": {"type": "boolean"},
              "bars_done": {"type": ["integer", "null"]},
              "bars_total": {"type": ["integer", "null"]},
              "bars_per_second": {"type": ["number", "null"]},
              "failure": {"type": ["string", "null"]}
            },
            "required": ["run_id", "status", "finished", "bars_done", "bars_total", "bars_per_second", "failure"],
            "additionalProperties": false
          },
          "Strategy": {
            "type": "object",
            "properties": {
              "name": {"type": "string"},
              "kind": {"type": "string", "enum": ["built_in", "plugin"]},
              "aliases": {"type": "array", "items": {"type": "string"}},
              "summary": {"type": "string"},
              "parameters": {
                "type": ["object", "null"],
                "description": "JSON Schema of the parameters; null in the list for a plugin, which is asked by GET /api/v1/strategies/{name}/."
              }
            },
            "required": ["name", "kind", "aliases", "summary", "parameters"],
            "additionalProperties": false
          },
          "Detail": {
            "type": "object",
            "properties": {"detail": {"type": "string"}},
            "required": ["detail"],
            "additionalProperties": false
          },
          "Refusal": {
            "description": "A sentence of the service, or faults by field.",
            "oneOf": [
              {
                "type": "object",
                "properties": {"error": {"type": "string"}, "detail": {"type": "string"}},
                "required": ["error"],
                "additionalProperties": false
              },
              {
                "type": "object",
                "properties": {"detail": {"type": "string"}},
                "required": ["detail"],
                "additionalProperties": false
              },
              {
                "type": "object",
                "minProperties": 1,
                "not": {"anyOf": [{"required": ["error"]}, {"required": ["detail"]}]},
                "additionalProperties": {"type": "array", "items": {"type": "string"}}
              }
            ]
          }
        },
        "responses": {
          "BadRequest": {
            "description": "The request cannot be understood, or its fields are faulty.",
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Refusal"}}}
          },
          "Unauthorized": {
            "description": "The server wants its token.",
            "headers": {"WWW-Authenticate": {"schema": {"type": "string"}}},
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Detail"}}}
          },
          "Forbidden": {
            "description": "The page that sent the request is of another site.",
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Detail"}}}
          },
          "NotFound": {
            "description": "There is no such thing.",
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Detail"}}}
          },
          "Conflict": {
            "description": "The state of the run or the plugin does not allow it.",
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Detail"}}}
          },
          "Timeout": {
            "description": "The request did not arrive in time.",
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Detail"}}}
          },
          "TooLarge": {
            "description": "The body is too long.",
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Detail"}}}
          },
          "MediaType": {
            "description": "The body has a type that is not read.",
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Detail"}}}
          },
          "Misdirected": {
            "description": "The Host header names another server.",
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Detail"}}}
          },
          "HeaderTooLarge": {
            "description": "The header is too long.",
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Detail"}}}
          },
          "Overloaded": {
            "description": "Too much to do, or stopping.",
            "headers": {"Retry-After": {"schema": {"type": "integer"}}},
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Detail"}}}
          }
        },
        "securitySchemes": {
          "bearer": {"type": "http", "scheme": "bearer"},
          "basic": {"type": "http", "scheme": "basic", "description": "The token as password, any name."}
        }
      }
    }
    """#
}
