public import RunStore
import TradingModel

/// A saved run's tables as CSV, one header line, full precision, times as epoch milliseconds UTC.
public enum RunCSV {
  /// Closed trades in closing order.
  public static func trades(_ result: RunResult, _ record: RunRecord) -> String {
    lines(
      "trade_id,symbol,size,entry_index,exit_index,entry_time,exit_time,entry_price,exit_price,pnl,return_pct,commission,stop_loss,take_profit,tag",
      result.trades.map { trade in
        [
          "\(trade.id)", record.ticker, number(trade.size), "\(trade.entryIndex)", "\(trade.exitIndex)",
          "\(trade.entryTime)", "\(trade.exitTime)", number(trade.entryPrice), number(trade.exitPrice),
          number(trade.pnl), number(trade.returnFraction * 100), number(trade.commission), number(trade.stopLoss),
          number(trade.takeProfit), trade.tag ?? "",
        ]
      })
  }

  /// The equity curve.
  public static func equity(_ result: RunResult) -> String {
    lines(
      "time,equity",
      zip(result.equity.times, result.equity.equity).map { ["\($0)", number($1)] })
  }

  /// Order events in their order.
  public static func events(_ result: RunResult, _ record: RunRecord) -> String {
    lines(
      "seq,kind,index,time,order_id,client_order_id,role,symbol,side,size,price,commission,trade_id,reason",
      result.orderEvents.map { event in
        [
          "\(event.sequence)", event.kind.rawValue, "\(event.index)", "\(event.time)", "\(event.orderID)",
          event.clientOrderID ?? "", event.role.rawValue, record.ticker, event.side.rawValue, number(event.size),
          number(event.price), number(event.commission), event.tradeID.map { "\($0)" } ?? "",
          event.reason?.message ?? "",
        ]
      })
  }

  private static func lines(_ header: String, _ rows: [[String]]) -> String {
    ([header] + rows.map { $0.map(quoted).joined(separator: ",") }).joined(separator: "\n")
  }

  /// A number in full precision; empty where undefined.
  static func number(_ value: Double?) -> String {
    guard let value, value.isFinite else { return "" }
    return value == value.rounded() && abs(value) < 1e15 ? "\(Int64(value))" : "\(value)"
  }

  /// A text with a comma, quote or line end in quotes.
  static func quoted(_ text: String) -> String {
    let needsQuotes = text.contains { $0 == "," || $0 == "\"" || $0.isNewline }
    return needsQuotes
      ? "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\"" : text
  }
}
