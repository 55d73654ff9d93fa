import Foundation
import Testing
import WebPage

struct WebAssetTests {
  @Test func theProgramCarriesTheFilesAsTheyAre() throws {
    let folder = root.appending(path: "Sources/WebPage/Assets")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path()).filter { !$0.hasPrefix(".") }
      .sorted()
    #expect(WebAsset.all.map(\.name) == names)
    for asset in WebAsset.all {
      // The literal's closing line adds nothing: a file's last line end is kept.
      let file = try Data(contentsOf: folder.appending(path: asset.name))
      #expect(Data(asset.bytes) == file, "\(asset.name) differs")
    }
  }

  @Test func noScriptWouldEndItsElement() {
    for asset in WebAsset.all {
      let text = String(decoding: asset.bytes, as: UTF8.self).lowercased()
      #expect(!text.contains("</script") && !text.contains("</style") && !text.contains("<!--"), "\(asset.name)")
    }
  }

  @Test func versionsFollowTheBytes() {
    #expect(Set(WebAsset.all.map(\.version)).count == WebAsset.all.count)
    #expect(WebAsset.named("page.css")?.contentType == "text/css; charset=utf-8")
    #expect(WebAsset.named("../page.css") == nil)
  }
}
