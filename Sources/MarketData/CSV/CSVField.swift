/// What a column holds. The raw values of the numbers are their places in a row's scratch memory.
enum CSVField: UInt8, CaseIterable {
  case open
  case high
  case low
  case close
  case volume
  case adjustedClose
  /// A second volume (MetaTrader's tick volume), taken when the first is 0 throughout.
  case tickVolume
  case date
  /// The time of day, where it has a column of its own.
  case clock
  case symbol
  case ignored

  /// How many of the cases hold numbers.
  static let numberCount = 7

  /// The name in messages.
  var name: String {
    switch self {
    case .open: "Open"
    case .high: "High"
    case .low: "Low"
    case .close: "Close"
    case .volume: "Volume"
    case .adjustedClose: "Adj Close"
    case .tickVolume: "tick volume"
    case .date: "Date"
    case .clock: "Time"
    case .symbol: "Symbol"
    case .ignored: "unused"
    }
  }

  /// The names that columns have in the files of vendors, exchanges and libraries: lower case, letters and digits only.
  /// Of a field's names, those in front win over those behind when a file has both.
  static let knownNames: [(field: CSVField, names: [String])] = [
    (.open, ["open", "openprice", "openingprice", "1open", "priceopen", "o"]),
    (.high, ["high", "highprice", "2high", "pricehigh", "max", "h"]),
    (.low, ["low", "lowprice", "3low", "pricelow", "min", "l"]),
    (
      .close,
      [
        "close", "closelast", "closeprice", "closingprice", "4close", "priceclose", "last", "lastprice", "latest",
        "price",
        "c", "settle",
      ]
    ),
    (
      .volume,
      [
        "volume", "vol", "5volume", "totalvolume", "sharevolume", "tradedvolume", "totaltradedquantity",
        "basevolume", "v", "tickvol", "tickvolume",
      ]
    ),
    (.adjustedClose, ["adjclose", "adjustedclose", "closeadj", "closeadjusted", "5adjustedclose", "adjustedprice"]),
    (
      .date,
      [
        "datetime", "date", "opentime", "timeopen", "dateandtime", "timestamp", "gmttime", "localtime", "utctime",
        "timeutc",
        "dateutc", "datetimeutc", "starttime", "windowstart", "tradedate", "day", "time", "unixtimestamp", "unixtime",
        "unix", "epoch", "t", "index",
      ]
    ),
    (.symbol, ["symbol", "ticker", "actsymbol", "tic", "instrument", "name"]),
  ]

  /// Lower case, letters and digits of ASCII only: `<TICKVOL>`, `Adj Close**` and `1. open` become `tickvol`, `adjclose`
  /// and `1open`.
  static func normalize(_ name: String) -> String {
    String(
      decoding: name.utf8.compactMap { byte -> UInt8? in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): byte
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte | 0x20
        default: nil
        }
      }, as: UTF8.self)
  }
}
