internal import CLibcurl

/// One request under way: its libcurl handle and what has arrived. Only the loop's thread touches it.
final class HTTPTransfer {
  let id: UInt64
  let request: HTTPRequest
  let handle: UnsafeMutableRawPointer
  let completion: @Sendable (Result<HTTPResponse, HTTPError>) -> Void

  fileprivate var body: [UInt8] = []
  fileprivate var isTooLarge = false
  fileprivate var contentType = ""
  fileprivate var retryAfter: Double?
  private var fields: UnsafeMutablePointer<curl_slist>?
  private let errorText = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))

  /// Makes the handle and sets every option.
  init(
    id: UInt64, request: HTTPRequest, settings: HTTPClient.Settings,
    completion: @escaping @Sendable (Result<HTTPResponse, HTTPError>) -> Void
  ) throws(HTTPError) {
    guard let handle = clibcurl_easy_init() else {
      errorText.deallocate()
      throw .failed(host: request.host, reason: "libcurl made no handle")
    }
    self.id = id
    self.request = request
    self.handle = handle
    self.completion = completion
    errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    let code = configure(settings)
    if code != CURLE_OK {
      throw .failed(host: request.host, reason: String(cString: clibcurl_easy_message(code)))
    }
  }

  deinit {
    clibcurl_easy_cleanup(handle)
    clibcurl_list_free(fields)
    errorText.deallocate()
  }

  private func configure(_ settings: HTTPClient.Settings) -> CURLcode {
    let me = Unmanaged.passUnretained(self).toOpaque()
    for field in request.headers { fields = clibcurl_list_append(fields, "\(field.name): \(field.value)") ?? fields }
    let limits = request.limits
    var steps: [() -> CURLcode] = [
      { clibcurl_set_safe_defaults(self.handle, self.request.url.lowercased().hasPrefix("https:") ? 1 : 0) },
      { clibcurl_set_string(self.handle, CURLOPT_URL, self.request.url) },
      { clibcurl_set_pointer(self.handle, CURLOPT_ERRORBUFFER, self.errorText) },
      { clibcurl_set_string(self.handle, CURLOPT_USERAGENT, settings.userAgent) },
      // Every encoding this libcurl can decode.
      { clibcurl_set_string(self.handle, CURLOPT_ACCEPT_ENCODING, "") },
      { clibcurl_set_long(self.handle, CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_2TLS)) },
      { clibcurl_set_long(self.handle, CURLOPT_FOLLOWLOCATION, 1) },
      { clibcurl_set_long(self.handle, CURLOPT_MAXREDIRS, limits.redirects) },
      { clibcurl_set_long(self.handle, CURLOPT_CONNECTTIMEOUT_MS, Self.milliseconds(limits.connectSeconds)) },
      { clibcurl_set_long(self.handle, CURLOPT_TIMEOUT_MS, Self.milliseconds(limits.totalSeconds)) },
      { clibcurl_set_data_callback(self.handle, CURLOPT_WRITEFUNCTION, receiveBody) },
      { clibcurl_set_pointer(self.handle, CURLOPT_WRITEDATA, me) },
      { clibcurl_set_data_callback(self.handle, CURLOPT_HEADERFUNCTION, receiveHeader) },
      { clibcurl_set_pointer(self.handle, CURLOPT_HEADERDATA, me) },
      { clibcurl_set_offset(self.handle, CURLOPT_MAXFILESIZE_LARGE, curl_off_t(limits.bodyBytes)) },
    ]
    if let fields { steps.append { clibcurl_set_list(self.handle, CURLOPT_HTTPHEADER, fields) } }
    if let file = settings.certificateFile {
      steps.append { clibcurl_set_string(self.handle, CURLOPT_CAINFO, file) }
    }
    for step in steps {
      let code = step()
      if code != CURLE_OK { return code }
    }
    return CURLE_OK
  }

  /// A deadline for libcurl, where 0 would mean none.
  private static func milliseconds(_ seconds: Double) -> Int { Int(max(1, min(seconds * 1000, 86_400_000))) }

  /// What the transfer came to.
  func outcome(_ code: CURLcode) -> Result<HTTPResponse, HTTPError> {
    let host = request.host
    if isTooLarge { return .failure(.bodyTooLarge(host: host, limit: request.limits.bodyBytes)) }
    if code == CURLE_OK {
      var status = 0
      var redirects = 0
      var address: UnsafePointer<CChar>?
      _ = clibcurl_get_long(handle, CURLINFO_RESPONSE_CODE, &status)
      _ = clibcurl_get_long(handle, CURLINFO_REDIRECT_COUNT, &redirects)
      _ = clibcurl_get_string(handle, CURLINFO_EFFECTIVE_URL, &address)
      return .success(
        HTTPResponse(
          status: status, body: body, contentType: contentType, retryAfterSeconds: retryAfter,
          finalURL: address.map { String(cString: $0) } ?? request.url, redirectCount: redirects))
    }
    let detail = String(cString: errorText)
    return .failure(error(code, reason: detail.isEmpty ? String(cString: clibcurl_easy_message(code)) : detail))
  }

  private func error(_ code: CURLcode, reason: String) -> HTTPError {
    let host = request.host
    switch code {
    case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: return .hostNotFound(host: host)
    case CURLE_COULDNT_CONNECT: return .connectionFailed(host: host, reason: reason)
    case CURLE_OPERATION_TIMEDOUT:
      // libcurl does not say which deadline passed; only the connection's own leaves no byte and ends early.
      let limits = request.limits
      let connecting = reason.contains("onnect") && limits.connectSeconds < limits.totalSeconds
      return .timedOut(host: host, seconds: connecting ? limits.connectSeconds : limits.totalSeconds)
    case CURLE_PARTIAL_FILE, CURLE_GOT_NOTHING, CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_HTTP2, CURLE_HTTP2_STREAM:
      return .interrupted(host: host, reason: reason)
    case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CACERT_BADFILE,
      CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS:
      return .insecure(host: host, reason: reason)
    case CURLE_FILESIZE_EXCEEDED: return .bodyTooLarge(host: host, limit: request.limits.bodyBytes)
    case CURLE_TOO_MANY_REDIRECTS: return .redirectRefused(host: host, reason: reason)
    case CURLE_UNSUPPORTED_PROTOCOL:
      return HTTPAddress.isWeb(request.url)
        ? .redirectRefused(host: host, reason: reason) : .invalidURL(request.url)
    case CURLE_URL_MALFORMAT: return .invalidURL(request.url)
    default: return .failed(host: host, reason: reason)
    }
  }

  fileprivate func take(_ bytes: UnsafeRawBufferPointer) -> Int {
    if body.count + bytes.count > request.limits.bodyBytes {
      isTooLarge = true
      body = []
      return 0
    }
    body.append(contentsOf: bytes)
    return bytes.count
  }

  fileprivate func takeHeader(_ bytes: UnsafeRawBufferPointer) {
    let line = String(decoding: bytes.prefix(4096), as: UTF8.self)
    guard let colon = line.firstIndex(of: ":") else {
      // A status line: a redirect's fields end here.
      if line.hasPrefix("HTTP/") { (contentType, retryAfter) = ("", nil) }
      return
    }
    let value = line[line.index(after: colon)...].drop { $0.isWhitespace }.prefix { !$0.isNewline }
    switch line[..<colon].lowercased() {
    case "content-type": contentType = String(value)
    case "retry-after": retryAfter = Double(value).flatMap { $0.isFinite && $0 >= 0 ? $0 : nil }
    default: break
    }
  }
}

private func receiveBody(
  _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
  guard let bytes, let context else { return 0 }
  let transfer = Unmanaged<HTTPTransfer>.fromOpaque(context).takeUnretainedValue()
  return transfer.take(UnsafeRawBufferPointer(start: bytes, count: size * count))
}

private func receiveHeader(
  _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
  guard let bytes, let context else { return 0 }
  let transfer = Unmanaged<HTTPTransfer>.fromOpaque(context).takeUnretainedValue()
  transfer.takeHeader(UnsafeRawBufferPointer(start: bytes, count: size * count))
  return size * count
}
