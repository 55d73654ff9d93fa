extension JSONWriter {
  /// Writes a key and an integer.
  @inlinable
  @inline(__always)
  public mutating func field(_ name: StaticString, _ value: Int) {
    key(name)
    self.value(value)
  }

  /// Writes a key and an integer.
  @inlinable
  @inline(__always)
  public mutating func field(_ name: StaticString, _ value: Int64) {
    key(name)
    self.value(value)
  }

  /// Writes a key and a number.
  @inlinable
  @inline(__always)
  public mutating func field(_ name: StaticString, _ value: Double) {
    key(name)
    self.value(value)
  }

  /// Writes a key and a number, or `null` for a missing one.
  @inlinable
  @inline(__always)
  public mutating func field(_ name: StaticString, _ value: Double?) {
    key(name)
    self.value(value)
  }

  /// Writes a key and `true` or `false`.
  @inlinable
  @inline(__always)
  public mutating func field(_ name: StaticString, _ value: Bool) {
    key(name)
    self.value(value)
  }

  /// Writes a key and a string, escaped as needed.
  @inlinable
  @inline(__always)
  public mutating func field(_ name: StaticString, _ value: String) {
    key(name)
    self.value(value)
  }

  /// Writes a key and a string known when the program is built; neither is escaped.
  @inlinable
  @inline(__always)
  public mutating func field(_ name: StaticString, _ value: StaticString) {
    key(name)
    self.value(value)
  }

  /// Writes a key and a value tree.
  public mutating func field(_ name: StaticString, _ value: JSONValue) {
    key(name)
    self.value(value)
  }

  /// Writes a key and a string, or nothing when there is none.
  @inlinable
  public mutating func field(_ name: StaticString, ifPresent value: String?) {
    if let value { field(name, value) }
  }

  /// Writes a key and a number, or nothing when there is none.
  @inlinable
  public mutating func field(_ name: StaticString, ifPresent value: Double?) {
    if let value { field(name, value) }
  }

  /// Writes a key and an integer, or nothing when there is none.
  @inlinable
  public mutating func field(_ name: StaticString, ifPresent value: Int?) {
    if let value { field(name, value) }
  }
}
