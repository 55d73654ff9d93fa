import MarketData
import Testing
import TradingModel

@Suite struct SamplesTests {
  @Test(arguments: [
    ("GOOG", 2148, "e3b1dcb773cb8cf878a9fa6a7a6afea5a47eeb991831db42fc96d6bed99cdffa"),
    ("AAPL", 3270, "49353a01773d1731587912c1ed19228606b1b889814c14e78d4e927d69f5612c"),
    ("IBM", 3270, "dc9e29df12d96fe0a348b6de869928e7dbb304f9d5cf32300f5873ac037a6938"),
    ("MSFT", 3270, "891539e449a4bea4e6f72d809f003574f7e6bb84ddceb8a7fc36d864ef044833"),
    ("FB", 196, "a6df6bcc5416b24198028624f7219855e73caaf814fc987c1d8cdf6a742a8247"),
  ])
  func textIsTheOneOfItsSource(name: String, bars: Int, digest: String) throws {
    let text = try Samples.csv(name)
    #expect(SHA256.hex(text.utf8) == digest)
    #expect(try Samples.load(name, adjusted: false).count == bars)
    #expect(try Samples.load(name, adjusted: true).count == bars)
  }

  @Test func digestFunctionGivesThePublishedValues() {
    #expect(SHA256.hex([]) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    #expect(SHA256.hex("abc".utf8) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
  }

  @Test func barsEqualThoseOfAPlainReading() throws {
    for name in Samples.names {
      let raw = try Samples.load(name, adjusted: false)
      let adjusted = try Samples.load(name, adjusted: true)
      let lines = try Samples.csv(name).split(separator: "\n")
      #expect(lines[0] == "Date,Open,High,Low,Close,Volume,Adj Close")
      #expect(lines.count == raw.count + 1)
      for (row, line) in lines.dropFirst().enumerated() {
        let cells = line.split(separator: ",")
        let numbers = cells.dropFirst().map { Double(String($0)) ?? .nan }
        #expect(UTCText.format(raw.times[row]) == cells[0])
        #expect(
          raw[row]
            == Bar(
              time: raw.times[row], open: numbers[0], high: numbers[1], low: numbers[2], close: numbers[3],
              volume: numbers[4]))
        let ratio = numbers[5] / numbers[3]
        #expect(
          adjusted[row]
            == Bar(
              time: raw.times[row], open: numbers[0] * ratio, high: numbers[1] * ratio, low: numbers[2] * ratio,
              close: numbers[5], volume: numbers[4]))
      }
    }
  }

  @Test func importerReadsTheSameBarsFromTheText() throws {
    for name in Samples.names {
      for adjust in [false, true] {
        let bars = try imported(Samples.csv(name)) { $0.adjust = adjust }
        #expect(try bars.series == Samples.load(name, adjusted: adjust))
      }
    }
  }

  @Test func googSpansItsPublishedDates() throws {
    let goog = try Samples.load("goog", adjusted: true)
    #expect(UTCText.format(goog.times[0]) == "2004-08-19")
    #expect(UTCText.format(goog.times[goog.count - 1]) == "2013-03-01")
    // WIKI's adjustment includes the split of 2014, which lies behind the sample's end.
    #expect(goog[0].close == 50.32284179174976)
    #expect(try Samples.load("GOOG", adjusted: false)[0].close == 100.335)
  }

  @Test func unknownNameIsRefusedWithTheNamesThereAre() {
    let error = #expect(throws: SampleError.self) { try Samples.load("GOOGL", adjusted: true) }
    #expect(
      error?.description == "There is no sample named \"GOOGL\"; the samples are GOOG, AAPL, IBM, MSFT, FB.")
  }
}
