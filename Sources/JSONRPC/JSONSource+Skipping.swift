extension JSONSource {
  /// Passes one value of any type, checking it as if it were read.
  ///
  /// - Parameters:
  ///   - next: where the value, or white space before it, starts.
  ///   - depth: the brackets open around the value.
  func skipValue(_ next: inout UnsafePointer<UInt8>, depth: Int) throws(JSONScanError) {
    // A local copy stays in a register.
    var place = next
    // One bit per bracket opened here, the innermost lowest: 1 is an object.
    var kinds: UInt64 = 0
    var opened = 0
    while true {
      skipSpace(&place)
      guard place < end else { throw endsEarly() }
      switch place.pointee {
      case UInt8(ascii: "\""):
        _ = try passString(&place)
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        if depth + opened == JSONLimits.maximumDepth { throw error(.tooDeep, at: place) }
        let isObject = place.pointee == UInt8(ascii: "{")
        place += 1
        skipSpace(&place)
        guard place < end else { throw endsEarly() }
        if place.pointee == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
          place += 1
          break
        }
        opened += 1
        kinds = kinds << 1 | (isObject ? 1 : 0)
        if isObject { _ = try passKey(&place) }
        continue
      default:
        try skipScalar(&place)
      }
      // Behind a value: close what ends here, up to the next one.
      while true {
        if opened == 0 {
          next = place
          return
        }
        skipSpace(&place)
        guard place < end else { throw endsEarly() }
        let isObject = kinds & 1 == 1
        if place.pointee == UInt8(ascii: ",") {
          place += 1
          skipSpace(&place)
          if isObject { _ = try passKey(&place) }
          break
        }
        guard place.pointee == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else {
          throw error(isObject ? .expectedCommaOrBrace : .expectedCommaOrBracket, at: place)
        }
        place += 1
        opened -= 1
        kinds >>= 1
      }
    }
  }

  private func skipScalar(_ place: inout UnsafePointer<UInt8>) throws(JSONScanError) {
    switch try kind(at: place) {
    case .number:
      let number = try passNumber(&place)
      // It must be in range, or what is skipped would be judged differently from what is read.
      if number.digitCount + number.exponent > 300 { _ = try number.double(self) }
    case .bool: try passWord(place.pointee == UInt8(ascii: "t") ? "true" : "false", &place)
    case .null: try passWord("null", &place)
    // Dealt with by the caller.
    case .string, .array, .object: break
    }
  }
}
