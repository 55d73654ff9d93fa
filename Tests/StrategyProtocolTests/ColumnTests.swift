import Foundation
import StrategyProtocol
import Testing

@Suite struct ColumnTests {
  static let numbers = [1.5, -0.0, .nan, 1e300, .leastNonzeroMagnitude, 102.6]

  @Test(arguments: [ColumnEncoding.json, .f64leBase64])
  func numbersComeBackBitForBit(_ encoding: ColumnEncoding) throws {
    let column = try Column(Self.numbers, encoding: encoding)
    let read = try WireTree(try WireTree(.encoding(column)).text()).value.decode(Column.self)
    let values = try #require(read.numbers)
    #expect(values.map(\.isNaN) == Self.numbers.map(\.isNaN))
    for (value, number) in zip(values, Self.numbers) where !number.isNaN {
      #expect(value.bitPattern == number.bitPattern)
    }
  }

  @Test func timesAndFlagsAreNumbersToo() throws {
    let times: [Int64] = [1_704_672_000_000, -1, 9_007_199_254_740_991]
    for encoding in [ColumnEncoding.json, .f64leBase64] {
      #expect(Column(times, encoding: encoding).numbers == times.map(Double.init))
    }
    let flags = try WireTree(#"{"encoding":"json","dtype":"u8","count":3,"data":[true,0,null]}"#).value
    #expect(try flags.decode(Column.self).numbers?.prefix(2) == [1, 0])
    let bytes = try WireTree(#"{"encoding":"f64le+base64","dtype":"u8","count":2,"data":"AAE="}"#).value
    #expect(try bytes.decode(Column.self).numbers == [0, 1])
  }

  @Test func infinityIsRefused() {
    #expect(throws: WireError.self) { try Column([1, .infinity], encoding: .json) }
    #expect(throws: WireError.self) { try Column([-.infinity], encoding: .f64leBase64) }
  }

  /// Every length up to a few groups, against Foundation.
  @Test func base64IsFoundations() throws {
    for count in 0...40 {
      let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 11) }
      let text = bytes.withUnsafeBytes(Base64.encode)
      #expect(text == Data(bytes).base64EncodedString())
      #expect(Base64.decode(text) == bytes)
    }
  }

  @Test(arguments: ["A", "AA", "AAA", "AA=A", "=AAA", "A===", "AAAA====", "AA= ", "AAB=", "AB==", "AAAä", "A\nAA"])
  func damagedBase64IsRefused(_ text: String) {
    #expect(Base64.decode(text) == nil)
  }
}
