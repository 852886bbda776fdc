/// The changes to a message's header: fields to remove, fields to put on top.
///
/// Removals are given by place in the header *as received*, additions in their order in the result; only ``commands``
/// decides how that becomes a sequence of commands. In six milters, forged fields survived because the order was left
/// to the caller.
public struct HeaderEdits: Hashable, Sendable {
    /// One field to remove.
    public struct Removal: Hashable, Sendable {
        /// The field's name as received, without white space before the colon.
        public let name: [UInt8]
        /// Its number among the fields of this name (in any case), from the top: 1 is the first.
        public let occurrence: Int

        public init(name: [UInt8], occurrence: Int) {
            self.name = name
            self.occurrence = occurrence
        }
    }

    /// One step of the edit, in terms of the header at the time of the step.
    public enum Command: Hashable, Sendable {
        /// Delete the field of this name with this 1-based index among the fields of that name.
        case delete(name: [UInt8], index: Int)
        /// Insert a field above everything, including the MTA's own trace fields.
        case insertOnTop(HeaderField)
    }

    public var removals: [Removal]
    /// From top to bottom.
    public var additions: [HeaderField]

    public init(removals: [Removal] = [], additions: [HeaderField] = []) {
        self.removals = removals
        self.additions = additions
    }

    public var isEmpty: Bool { removals.isEmpty && additions.isEmpty }

    /// The steps in the only order that is right on every MTA: deletions from the highest index down, since on
    /// Postfix each deletion shifts the indexes above it (on Sendmail it does not, and the order does no harm); then
    /// the insertions, lowest first, since an inserted field would count in the deletions' indexes.
    public var commands: [Command] {
        removals.sorted { $0.occurrence > $1.occurrence }.map { .delete(name: $0.name, index: $0.occurrence) }
            + additions.reversed().map { .insertOnTop($0) }
    }
}
