internal import Files
package import Mailboxes
internal import StoredMail

/// The archives of a run, and what is to be done with them.
package struct ArchiveTask: Sendable {
    /// Paths, or `-` for standard input.
    package let files: [String]
    /// Nil if it is to be detected.
    package let variant: MboxVariant?
    package let needsEmptyLine: Bool
    /// The part of the single file whose messages are examined.
    package let range: MboxRange
    /// Where the mbox with edited headers goes; nil for none, `-` for standard output.
    package let output: String?
    /// Where the report goes, likewise.
    package let report: String?
    package let reportsAnswers: Bool
    /// Where the DNS answers that were used go; nil for nowhere.
    package let recordName: String?
    /// Everything that the result depends on, as text, so that a run is continued only with the same task.
    package let identity: [String]

    package init(
        files: [String],
        variant: MboxVariant?,
        needsEmptyLine: Bool,
        range: MboxRange,
        output: String?,
        report: String?,
        reportsAnswers: Bool,
        recordName: String?,
        identity: [String]
    ) {
        self.files = files
        self.variant = variant
        self.needsEmptyLine = needsEmptyLine
        self.range = range
        self.output = output
        self.report = report
        self.reportsAnswers = reportsAnswers
        self.recordName = recordName
        self.identity = identity
    }

    /// True for a regular file that is not packed.
    package static func isPlain(_ name: String) -> Bool {
        guard name != "-", LibCFiles.status(ofPath: name)?.size != nil,
            let beginning = try? InputFile(name).beginning(ForeignFormat.beginningLength)
        else { return false }
        return ForeignFormat(beginning: beginning)?.isPacked != true
    }

    /// The file that keeps how far the run has come; nil if it could not be continued, because a part of its output
    /// cannot be cut off.
    package var checkpointName: String? {
        let names = [output, report].compactMap(\.self)
        return names.contains(where: OutputFile.isStream) ? nil : names.first.map(Checkpoint.name)
    }
}
