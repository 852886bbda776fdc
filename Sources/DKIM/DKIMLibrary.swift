/// The library that verifies signatures.
package enum DKIMLibrary {
    /// Of the library that is loaded.
    package static var version: String { LibOpenDKIM.version }
}
