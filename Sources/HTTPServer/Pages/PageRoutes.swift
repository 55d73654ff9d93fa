import Hummingbird

/// The web page: table of runs, one run, the form to start one, and what they load.
///
/// What these routes answer is made by functions that know no HTTP; here they only get paths. Anything that blocks goes
/// through `work`; scripts and styles are files of their own, for ``SecurityHeaders/contentPolicy`` forbids inline ones.
struct PageRoutes: Sendable {
  let backend: Backend
  let work: BlockingWork

  /// `/`, `/runs/{id}`, `/new`, `/assets/{name}` and the charts' data.
  var routes: [Route] { [] }
}
