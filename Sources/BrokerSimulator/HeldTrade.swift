import TradingModel

/// An open trade in the form the broker works with: plain numbers, so that opening, shrinking and dropping one costs no
/// reference counting. Prices that are not there are NaN, order numbers 0.
struct HeldTrade {
  let id: TradeID
  /// Units held, signed; 0 once closed.
  var size: Double
  let entryPrice: Double
  let entryIndex: Int
  /// Where the text of its entry order is in ``OrderLabels``; 0 when it has none.
  let label: Int
  var stopLoss = Double.nan
  var takeProfit = Double.nan
  var stopLossOrder: OrderID = 0
  var takeProfitOrder: OrderID = 0

  func description(_ labels: OrderLabels) -> OpenTrade {
    OpenTrade(
      id: id, instrument: 0, size: size, entryPrice: entryPrice, entryIndex: entryIndex, stopLoss: stopLoss.ifPresent,
      takeProfit: takeProfit.ifPresent, tag: label == 0 ? nil : labels[label].tag,
      stopLossOrder: stopLossOrder == 0 ? nil : stopLossOrder,
      takeProfitOrder: takeProfitOrder == 0 ? nil : takeProfitOrder)
  }
}
