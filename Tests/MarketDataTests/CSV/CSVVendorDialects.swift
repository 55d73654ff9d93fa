import MarketData

extension CSVDialectTests {
  /// The headers are those of real files; the numbers are made up.
  static let vendorDialects: [Dialect] = [
    Dialect(
      name: "yfinance.download, three header rows",
      text: """
        Price,Close,High,Low,Open,Volume
        Ticker,AAPL,AAPL,AAPL,AAPL,AAPL
        Date,,,,,
        2020-01-02,2,3,0.5,1,10
        2020-01-03,2,3,0.5,1,11
        """,
      lines: ["2020-01-02 \(bar) 10.0", "2020-01-03 \(bar) 11.0"], symbol: "AAPL", dialect: "yfinance"),
    Dialect(
      name: "yfinance.download of two symbols",
      text: """
        Price,Close,Close,High,High,Low,Low,Open,Open,Volume,Volume
        Ticker,AAPL,BRK.B,AAPL,BRK.B,AAPL,BRK.B,AAPL,BRK.B,AAPL,BRK.B
        Datetime,,,,,,,,,,
        2020-01-02 14:30:00+00:00,20,2,30,3,5,0.5,10,1,7,10
        """,
      lines: ["2020-01-02 14:30 \(bar) 10.0"], symbol: "BRK.B", dialect: "yfinance",
      options: options { $0.symbol = "brk.b" }
    ),
    Dialect(
      name: "yfinance.download grouped by ticker",
      text: """
        Ticker,MSFT,MSFT,MSFT,MSFT,MSFT
        Price,Open,High,Low,Close,Volume
        Date,,,,,
        2020-01-02,1,3,0.5,2,10
        """,
      lines: ["2020-01-02 \(bar) 10.0"], symbol: "MSFT", dialect: "yfinance"),
    Dialect(
      name: "Ticker.history: local midnights are dates",
      text: """
        Date,Open,High,Low,Close,Volume,Dividends,Stock Splits
        2020-08-31 00:00:00-04:00,1,3,0.5,2,10,0.0,4.0
        2020-12-01 00:00:00-05:00,1,3,0.5,2,10,0.0,0.0
        """,
      lines: ["2020-08-31 \(bar) 10.0", "2020-12-01 \(bar) 10.0"], dialect: "yfinance",
      report: "local midnights with an offset, read as their local dates"),
    Dialect(
      name: "Ticker.history, converted to UTC as asked for",
      text: "Date,Open,High,Low,Close,Volume,Dividends,Stock Splits\n2020-08-31 00:00:00-04:00,1,3,0.5,2,10,0.0,4.0\n",
      lines: ["2020-08-31 04:00 \(bar) 10.0"], dialect: "yfinance", options: options { $0.keepsLocalDates = false }),
    Dialect(
      name: "TradingView",
      text: """
        time,open,high,low,close,Volume,Volume MA
        1577975400,1,3,0.5,2,10,
        1578061800,1,3,0.5,2,11,10.5
        """,
      lines: ["2020-01-02 14:30 \(bar) 10.0", "2020-01-03 14:30 \(bar) 11.0"], report: "not used   Volume MA"),
    Dialect(
      name: "MetaTrader 4", text: "2012.02.01,00:00,1,3,0.5,2,10\n2012.02.01,00:01,1,3,0.5,2,11\n",
      lines: ["2012-02-01 \(bar) 10.0", "2012-02-01 00:01 \(bar) 11.0"], dialect: "MetaTrader 4",
      report: "the columns were taken by their places"),
    Dialect(
      name: "MetaTrader 5, tick volume",
      text: "<DATE>\t<TIME>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>\t<VOL>\t<SPREAD>\n"
        + "2020.01.02\t14:30:00\t1\t3\t0.5\t2\t10\t0\t7\n",
      lines: ["2020-01-02 14:30 \(bar) 10.0"], dialect: "MetaTrader 5",
      report: "<VOL> is 0 in every row, so the volume was taken from <TICKVOL>."),
    Dialect(
      name: "MetaTrader 5, daily and real volume",
      text: "<DATE>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>\t<VOL>\t<SPREAD>\n2020.01.02\t1\t3\t0.5\t2\t10\t99\t7\n",
      lines: ["2020-01-02 \(bar) 99.0"], dialect: "MetaTrader 5", report: "tab-separated"),
    Dialect(
      name: "histdata.com", text: "20120201 000000;1;3;0.5;2;0\n20120201 000100;1;3;0.5;2;0\n",
      lines: ["2012-02-01 \(bar) 0.0", "2012-02-01 00:01 \(bar) 0.0"], dialect: "histdata.com",
      report: "five hours behind UTC"),
    Dialect(
      name: "Dukascopy", text: "Gmt time,Open,High,Low,Close,Volume\n01.02.2017 22:00:00.000,1,3,0.5,2,1234.5601\n",
      lines: ["2017-02-01 22:00 \(bar) 1234.5601"], dialect: "Dukascopy", report: "with points, the day comes first"),
    Dialect(
      name: "Dukascopy in local time",
      text: "Local time,Open,High,Low,Close,Volume\n31.12.2017 22:00:00.000 GMT+0100,1,3,0.5,2,10\n",
      lines: ["2017-12-31 21:00 \(bar) 10.0"], dialect: "Dukascopy"),
    Dialect(
      name: "Investing.com",
      text: """
        "Date","Price","Open","High","Low","Vol.","Change %"
        "09/26/2025","1,612.34","1,600.00","1,620.50","1,590","120.5M","0.52%"
        "09/25/2025","1,604.00","1,600.00","1,620.50","1,590.10","1.1B","-0.10%"
        "09/24/2025","1,604.00","1,600.00","1,620.50","1,590.10","-","-0.10%"
        """,
      lines: [
        "2025-09-24 1600.0 1620.5 1590.1 1604.0 -", "2025-09-25 1600.0 1620.5 1590.1 1604.0 1100000000.0",
        "2025-09-26 1600.0 1620.5 1590.0 1612.34 120500000.0",
      ], dialect: "Investing.com", report: "Close = Price"),
    Dialect(
      name: "Nasdaq.com",
      text: """
        Date,Close/Last,Volume,Open,High,Low
        01/13/2020,$2.00,N/A,$1.00,$3.00,$0.50
        01/10/2020,$2.00,"1,000",$1.00,$3.00,$0.50
        """,
      lines: ["2020-01-10 \(bar) 1000.0", "2020-01-13 \(bar) -"], dialect: "Nasdaq.com"),
    Dialect(
      name: "Barchart",
      text: """
        Time,Open,High,Low,Last,Change,%Chg,Volume
        2020-01-03,1,3,0.5,2,0.1,"+0.5%",11
        2020-01-02,1,3,0.5,2,0.1,"+0.5%",10
        "Downloaded from Barchart.com as of 01-03-2020 04:21pm CDT"
        """,
      lines: ["2020-01-02 \(bar) 10.0", "2020-01-03 \(bar) 11.0"], dialect: "Barchart", report: "Text behind the rows"),
    Dialect(
      name: "CryptoDataDownload, hourly",
      text: """
        Timestamps are UTC timezone,https://www.CryptoDataDownload.com
        Date,Symbol,Open,High,Low,Close,Volume BTC,Volume USD
        2019-10-17 01-PM,BTCUSD,1,3,0.5,2,10,20
        2019-10-17 12-PM,BTCUSD,1,3,0.5,2,10,20
        2019-10-17 09-AM,BTCUSD,1,3,0.5,2,10,20
        2019-10-17 12-AM,BTCUSD,1,3,0.5,2,10,20
        """,
      lines: [
        "2019-10-17 \(bar) 10.0", "2019-10-17 09:00 \(bar) 10.0", "2019-10-17 12:00 \(bar) 10.0",
        "2019-10-17 13:00 \(bar) 10.0",
      ], symbol: "BTCUSD", report: "Text in front of the header: \"Timestamps are UTC timezone"),
    Dialect(
      name: "CryptoDataDownload, epoch and date",
      text: "unix,date,symbol,open,high,low,close,volume_btc,volume\n1577923200,2020-01-02,BTC/USD,1,3,0.5,2,10,20\n",
      lines: ["2020-01-02 \(bar) 20.0"], symbol: "BTC/USD", report: "not used   unix, volume_btc"),
    Dialect(
      name: "Binance, without header",
      text:
        "1577975400000,1,3,0.5,2,10,1577975459999,20.5,3,5,6,0\n1735689600000000,1,3,0.5,2,11,1735689659999999,20.5,3,5,6,0\n",
      lines: ["2020-01-02 14:30 \(bar) 10.0", "2025-01-01 \(bar) 11.0"], dialect: "Binance",
      report: "as epoch milliseconds and microseconds"),
    Dialect(
      name: "Binance through pandas",
      text: ",Open time,Open,High,Low,Close,Volume,Close time,Quote asset volume,Number of trades\n"
        + "0,2020-01-02 14:30:00,1,3,0.5,2,10,1577975459999,20.5,3\n",
      lines: ["2020-01-02 14:30 \(bar) 10.0"], dialect: "Binance"),
    Dialect(
      name: "Kraken", text: "1577975400,1,3,0.5,2,10,4\n", lines: ["2020-01-02 14:30 \(bar) 10.0"], dialect: "Kraken"),
    Dialect(
      name: "Stooq, bulk",
      text:
        "<TICKER>,<PER>,<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>,<OPENINT>\n7203.JP,D,20260429,000000,1,3,0.5,2,10,0\n",
      lines: ["2026-04-29 \(bar) 10.0"], symbol: "7203.JP", dialect: "Stooq"),
    Dialect(
      name: "Alpha Vantage",
      text: "timestamp,open,high,low,close,volume\n2020-01-03,1,3,0.5,2,11\n2020-01-02,1,3,0.5,2,10\n",
      lines: ["2020-01-02 \(bar) 10.0", "2020-01-03 \(bar) 11.0"]),
    Dialect(
      name: "Tiingo, adjusted",
      text: "date,close,high,low,open,volume,adjClose,adjHigh,adjLow,adjOpen,adjVolume,divCash,splitFactor\n"
        + "2020-01-02,2,3,0.5,1,10,1,1.5,0.25,0.5,10,0,1\n",
      lines: ["2020-01-02 0.5 1.5 0.25 1.0 10.0"], dialect: "Tiingo", options: options { $0.adjust = true }),
    Dialect(
      name: "Quandl WIKI",
      text:
        "ticker,date,open,high,low,close,volume,ex-dividend,split_ratio,adj_open,adj_high,adj_low,adj_close,adj_volume\n"
        + "A,1999-11-18,1,3,0.5,2,10,0,1,0.5,1.5,0.25,1,10\n",
      lines: ["1999-11-18 \(bar) 10.0"], symbol: "A", report: "not adjusted; the file has an adjusted close"),
    Dialect(
      name: "LEAN equity", text: "20000621 00:00,10000,30000,5000,20000,10\n", lines: ["2000-06-21 \(bar) 10.0"],
      report: "Prices were divided by 10000.0.", options: options { $0.priceDivisor = 10_000 }),
    Dialect(
      name: "Polygon flat file",
      text: "ticker,volume,open,close,high,low,window_start,transactions\nA,10,1,2,3,0.5,1577975400000000000,4\n",
      lines: ["2020-01-02 14:30 \(bar) 10.0"], symbol: "A", report: "as epoch nanoseconds"),
    Dialect(
      name: "NSE, with groups of two digits",
      text: "Date ,series ,OPEN ,HIGH ,LOW ,PREV. CLOSE ,ltp ,close ,vwap ,VOLUME \n"
        + "17-Oct-2019,EQ,\"1\",\"3\",\"0.5\",\"9\",\"8\",\"2\",\"7\",\"12,34,567\"\n",
      lines: ["2019-10-17 \(bar) 1234567.0"]),
  ]
}
