internal import Mail
internal import Mailboxes

/// What the mbox that is written is like: it quotes in one way, and its separators have one form.
extension Checkpoint {
    /// Takes note of an mbox that goes into it.
    mutating func use(_ detection: MboxDetection, of name: String) throws {
        let written = variant ?? detection.variant.rawValue
        guard written == detection.variant.rawValue else {
            throw ArchiveFailure.mixedVariants(name, written, detection.variant)
        }
        variant = written
        guard let form = detection.form else { return }
        guard (self.form ?? form).isShared(by: form) || self.form == form else { throw ArchiveFailure.mixedForms(name) }
        self.form = self.form ?? form
    }

    /// The same for a message by itself, which is quoted, and gets a From_ line with the standard's date.
    mutating func useOwnLine(_ name: String) throws {
        let written = variant.flatMap(MboxVariant.init) ?? .mboxrd
        guard written == .mboxrd || written == .mboxo else {
            throw ArchiveFailure.mixedVariants(name, written.rawValue, .mboxrd)
        }
        variant = written.rawValue
        guard (form ?? .asctime).isShared(by: .asctime) else { throw ArchiveFailure.mixedForms(name) }
        form = form ?? .asctime
    }
}
