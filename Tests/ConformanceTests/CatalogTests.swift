import Conformance
import Foundation
import JSONRPC
import Testing

/// The checks in code and the checks in `protocol/v1/checks.json`.
struct CatalogTests {
  @Test func checksAreThoseOfTheDocumentBothWays() throws {
    let data = try Data(contentsOf: Checkout.root.appending(path: "protocol/v1/checks.json"))
    let document = try JSONValue(parsing: [UInt8](data))
    let documented = try #require(document["checks"]?.arrayValue).map { entry in
      [entry["id"]?.stringValue, entry["level"]?.stringValue, entry["claim"]?.stringValue]
    }
    let coded = ConformanceCheckDescription.all.map { [$0.id, $0.level.rawValue, $0.claim] }
    #expect(documented == coded)
    #expect(Set(coded.map { $0[0] }).count == coded.count)
  }

  @Test func everyLevelIncludesCore() {
    let core = ConformanceCheckDescription.all.filter { $0.level == .core }
    #expect(core.count == 22)
    #expect(Set(ConformanceCheckDescription.all.map(\.level)) == [.core, .streamed, .vectorized, .robust])
  }
}
