import RunStore
import Testing

@Suite struct LocationTests {
  @Test(arguments: [
    (["BACKTESTER_DB": "x.db", "HOME": "/h", "XDG_DATA_HOME": "/d"], "x.db"),
    (["BACKTESTER_DB": "", "HOME": "/h", "XDG_DATA_HOME": "/d"], "/d/backtester/runs.sqlite"),
    (["XDG_DATA_HOME": "/d/"], "/d/backtester/runs.sqlite"),
  ])
  func theEnvironmentNamesTheFile(environment: [String: String], file: String) throws {
    #expect(try RunStoreLocation.default(environment: environment) == file)
  }

  @Test(arguments: [
    ["HOME": "/h"], ["HOME": "/h", "XDG_DATA_HOME": "relative"], ["HOME": "/h/", "XDG_DATA_HOME": ""],
  ])
  func theUsersDataDirectoryIsTheDefault(environment: [String: String]) throws {
    #if canImport(Darwin)
    let expected = "/h/Library/Application Support/backtester/runs.sqlite"
    #else
    let expected = "/h/.local/share/backtester/runs.sqlite"
    #endif
    #expect(try RunStoreLocation.default(environment: environment) == expected)
  }

  @Test(arguments: [[:], ["HOME": ""], ["HOME": "relative"]])
  func withoutHomeThereIsNoDefault(environment: [String: String]) {
    let error = #expect(throws: RunStoreError.self) { try RunStoreLocation.default(environment: environment) }
    #expect(error == .noDefaultLocation)
    #expect(error?.description.contains("--db FILE") == true)
  }
}
