/// The library that evaluates records.
package enum SPFLibrary {
    /// Of the library that is loaded.
    package static var version: String { LibSPF2.version }
}
