/// The bounds that reader and writer share, so that whatever one accepts the other can produce.
public enum JSONLimits {
  /// The deepest allowed nesting of arrays and objects; `[[1]]` has depth 2.
  ///
  /// The writer keeps one bit a level in a `UInt64`, and skipping a value does the same.
  public static let maximumDepth = 64

  /// The default bound of one message in bytes (16 MiB), without its line feed or header.
  public static let maximumMessageBytes = 16 * 1024 * 1024
}
