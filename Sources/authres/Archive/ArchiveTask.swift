import Mail

/// What is to be done with which archives.
struct ArchiveTask: Sendable {
    /// Paths, or `-` for standard input.
    let files: [String]
    /// Nil if it is to be detected.
    let variant: MboxVariant?
    let needsEmptyLine: Bool
    /// Where the mbox with edited headers goes; nil for none, `-` for standard output.
    let output: String?
    /// Where the report goes, likewise.
    let report: String?
    let reportsAnswers: Bool
    /// Where the answers of the DNS that were used go; nil for nowhere.
    let recordName: String?
    /// Everything that the result depends on, as text, so that a run is continued only as it was begun.
    let identity: [String]

    /// The file that keeps how far the run has come; nil if it could not be continued, since a part of what it writes
    /// goes where it cannot be cut off.
    var checkpointName: String? {
        let names = [output, report].compactMap(\.self)
        return names.contains(where: OutputFile.isStream) ? nil : names.first.map(Checkpoint.name)
    }
}
