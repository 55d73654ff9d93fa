/// Where long work stands.
package enum ProgressKind: String, WireName {
  /// It starts.
  case begin
  /// It goes on.
  case report
  /// It is done.
  case end
}
