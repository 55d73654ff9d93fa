import StrategyKit

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Reads a script from a file.
enum ScriptFile {
  /// Larger files are refused before they fill the memory; this is about ten million actions.
  static let sizeLimit = 1 << 30

  /// The actions of a script file.
  ///
  /// - Throws: `ParameterError` with a sentence naming the file, and the element in it.
  static func actions(at path: String) throws(ParameterError) -> [ScriptedAction] {
    let data = try contents(of: path)
    do {
      return try ScriptedAction.decode(data)
    } catch {
      throw .impossible(error.sentence(about: "The script \(path)"))
    }
  }

  private static func contents(of path: String) throws(ParameterError) -> Data {
    let file = URL(fileURLWithPath: path).resolvingSymlinksInPath()
    do {
      let attributes = try FileManager.default.attributesOfItem(atPath: file.path)
      // Devices and pipes may never end.
      guard attributes[.type] as? FileAttributeType == .typeRegular else {
        throw ParameterError.impossible("The script \(path) cannot be read: it is not a file.")
      }
      if let size = (attributes[.size] as? any BinaryInteger).map({ Int(clamping: $0) }), size > sizeLimit {
        throw ParameterError.impossible(
          "The script \(path) is \(size) bytes long; split it, \(sizeLimit) is the most that is read.")
      }
      return try Data(contentsOf: file)
    } catch let error as ParameterError {
      throw error
    } catch let error as CocoaError where error.code == .fileReadNoSuchFile || error.code == .fileNoSuchFile {
      throw .impossible("The script \(path) cannot be read: there is no such file.")
    } catch let error as CocoaError where error.code == .fileReadNoPermission {
      throw .impossible("The script \(path) cannot be read: permission denied.")
    } catch {
      throw .impossible("The script \(path) cannot be read: \(error).")
    }
  }
}
