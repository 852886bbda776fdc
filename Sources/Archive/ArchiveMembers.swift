internal import Files
internal import Foundation
internal import Mail
internal import StoredMail

/// The mailboxes and messages in an input, one after the other and always in the same order: a file is one; a
/// directory (Maildir, MH, files of any kind, with all its subdirectories) or a packed file contains many.
final class ArchiveMembers {
    /// A file with mail in it.
    struct Member {
        let input: InputFile
        let kind: Kind
    }

    enum Kind {
        case mbox
        /// One message, as it was delivered, with its place in a Maildir.
        case message(MaildirPlace?)
        /// The same with what Apple Mail puts around it.
        case appleMail
    }

    private enum Level {
        case file(InputFile)
        case directory(DirectoryReader)
        case packed(LibArchive, name: String)
    }

    private var levels: [Level]
    /// The files skipped since the last call, in words.
    private var notes: [String] = []
    /// True if the named file is compressed, but empty: an mbox without messages.
    private(set) var isEmptyFile = false
    /// Those of them that should have been mail.
    private(set) var oddities = 0
    /// True if something that was packed could not be unpacked.
    private(set) var isDamaged = false
    /// True if a file or a folder in a folder could not be read.
    private(set) var isUnreadable = false
    /// The folder that was named, without links in its path; nil for a file.
    private let folder: String?

    /// How deep packed files may be packed in packed files.
    private static let depthLimit = 4

    /// - Parameter name: the name of a file or a directory, or `-`.
    init(_ name: String) throws {
        let isDirectory = name != "-" && LibCFiles.status(ofPath: name)?.isDirectory == true
        levels = [isDirectory ? .directory(try DirectoryReader(name)) : .file(try InputFile(name))]
        folder = isDirectory ? LibCFiles.resolved(name) : nil
    }

    /// The files skipped since the last call.
    func takeNotes() -> [String] {
        defer { notes = [] }
        return notes
    }

    /// How many files that are mail, or named like mail, were skipped since the last call.
    func takeOddities() -> Int {
        defer { oddities = 0 }
        return oddities
    }

    /// - Parameter isStopped: ends the wait for a pipe that has nothing to read.
    func next(until isStopped: () -> Bool = { false }) throws -> Member? {
        while let level = levels.last {
            switch level {
            case .file(let input):
                levels.removeLast()
                if try isPacked(input, until: isStopped) {
                    levels.append(.packed(try LibArchive(input), name: input.name))
                } else {
                    return Member(input: input, kind: .mbox)
                }
            case .directory(let directory):
                guard let path = directory.next() else {
                    levels.removeLast()
                    continue
                }
                if let member = try member(at: path) { return member }
            case .packed(let archive, let name):
                guard let entry = try ifReadable(isNamed: levels.count == 1, { try archive.next() }) else {
                    isEmptyFile = levels.count == 1 && archive.isEmpty
                    levels.removeLast()
                    continue
                }
                if let member = try member(entry, of: archive, name: name) { return member }
            }
        }
        return nil
    }

    /// Whether the single named file is packed. A file that is neither packed nor an mbox is an error.
    private func isPacked(_ input: InputFile, until isStopped: () -> Bool) throws -> Bool {
        let beginning = try input.beginning(ForeignFormat.beginningLength, until: isStopped)
        guard !beginning.isEmpty, let format = ForeignFormat(beginning: beginning) else { return false }
        guard format.isPacked else { throw ArchiveFailure.notMail(input.name, NotMail(format)) }
        return true
    }

    private func member(at path: String) throws -> Member? {
        guard let status = LibCFiles.status(ofPath: path) else {
            note("\(path): no longer exists", isOdd: true)
            return nil
        }
        let isLink = LibCFiles.isSymbolicLink(path)
        if status.isDirectory {
            // A link may lead back to its own directory.
            let directory = isLink ? nil : try ifReadable(isNamed: false) { try DirectoryReader(path) }
            if let directory { levels.append(.directory(directory)) }
            return nil
        }
        let place = MemberPlace(path, isInNamedFolder: levels.count == 1)
        guard status.size != nil, let place else { return nil }
        if isLink, let target = otherName(of: path) {
            note("\(path): is a link to \(target), which is read", isOdd: false)
            return nil
        }
        return try ifReadable(isNamed: false) { try member(try InputFile(path), place) }
    }

    /// The name under which a link's file is read in the same folder; nil if it is read only as the link.
    private func otherName(of link: String) -> String? {
        guard let folder, let target = LibCFiles.resolved(link), target.hasPrefix(folder + "/") else { return nil }
        let directory = LibCFiles.directory(of: target)
        // The `tmp` of a Maildir is not read.
        guard !directory.hasSuffix("/tmp"), MemberPlace(target, isInNamedFolder: directory == folder) != nil else {
            return nil
        }
        return target
    }

    private func member(_ entry: LibArchive.Entry, of archive: LibArchive, name: String) throws -> Member? {
        guard entry.isFile else { return nil }
        // Data that was compressed without being packed has no name, and the library calls it "data".
        let shownName = archive.isSingle ? name : "\(name):\(entry.path ?? "?")"
        // A file that was compressed alone was named, or was found in a folder to be one to read.
        let place = archive.isSingle ? MemberPlace(named: name) : MemberPlace(entry.path ?? "?")
        guard let place else { return nil }
        guard !entry.isEncrypted else {
            note("\(shownName): is encrypted", isOdd: true)
            return nil
        }
        return try ifReadable(isNamed: archive.isSingle && levels.count == 1) {
            try member(InputFile(shownName, in: archive), place)
        }
    }

    /// What is read; nil if it is damaged or cannot be read, and is not the named file itself. Then it is noted, and
    /// what follows is read.
    private func ifReadable<Value>(isNamed: Bool, _ read: () throws -> Value?) throws -> Value? {
        do {
            return try read()
        } catch let damage as LibArchive.Damage where !isNamed {
            isDamaged = true
            note("\(damage)", isOdd: true)
        } catch let failure as FileFailure where !isNamed {
            if failure.damage == nil { isUnreadable = true } else { isDamaged = true }
            note("\(failure)", isOdd: true)
        }
        return nil
    }

    /// Determines what a file is from its beginning.
    private func member(_ input: InputFile, _ place: MemberPlace) throws -> Member? {
        let beginning = try input.beginning(ForeignFormat.beginningLength)
        if place.maildir == nil, Self.beginsAsMbox(beginning) { return Member(input: input, kind: .mbox) }
        guard let format = ForeignFormat(beginning: beginning) else {
            if Self.isMail(beginning[...]) {
                return Member(input: input, kind: .message(place.maildir))
            }
            note("\(input.name): \(NotMail.noHeader)", isOdd: place.isCalledMail)
            return nil
        }
        if format == .emlx, Self.isMail(beginning.drop { $0 != UInt8(ascii: "\n") }.dropFirst()) {
            return Member(input: input, kind: .appleMail)
        } else if format.isPacked, depth < Self.depthLimit {
            levels.append(.packed(try LibArchive(input), name: input.name))
        } else if format != .empty || place.isCalledMessage {
            note("\(input.name): \(NotMail(format))", isOdd: place.isCalledMail)
        } else if isSingle {
            // An mbox without messages is still an mbox.
            return Member(input: input, kind: .mbox)
        }
        return nil
    }

    /// True in a file that was compressed without being packed.
    private var isSingle: Bool {
        if case .packed(let archive, _) = levels.last { archive.isSingle } else { false }
    }

    private var depth: Int {
        levels.count { level in if case .packed = level { true } else { false } }
    }

    private func note(_ text: String, isOdd: Bool) {
        notes.append(text + "; skipped")
        if isOdd { oddities += 1 }
    }

    private static func isMail(_ beginning: ArraySlice<UInt8>) -> Bool {
        (try? SpooledMessage(Array(beginning)).requireMail()) != nil
    }

    private static func beginsAsMbox(_ octets: [UInt8]) -> Bool {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let text = octets.starts(with: mark) ? octets.dropFirst(mark.count) : octets[...]
        return text.drop { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }.starts(with: "From ".utf8)
    }
}
