/// What a file's path says about its content.
struct MemberPlace {
    /// Its place in a Maildir; nil if it is not in one.
    let maildir: MaildirPlace?
    private let name: String
    /// The name of the folder that it is in.
    private let parent: Substring

    /// The place of a file that was named: it is read, whatever it is called and wherever it is.
    init(named path: String) {
        let parts = path.split(separator: "/")
        parent = parts.dropLast().last ?? ""
        name = parts.last.map(String.init) ?? path
        maildir = parent == "cur" || parent == "new" ? MaildirPlace(isNew: parent == "new", name: name) : nil
    }

    /// Nil for files that programs keep beside mail.
    /// - Parameter isInNamedFolder: true for a file directly in a folder that was named.
    init?(_ path: String, isInNamedFolder: Bool = false) {
        self.init(named: path)
        // The messages of a Maildir have a dot in their names, and those in `tmp` have not been delivered.
        if parent == "tmp", !isInNamedFolder, name.contains(".") { return nil }
        guard !name.hasPrefix("."), maildir != nil || !Self.isBookkeeping(name) else { return nil }
    }

    /// Dovecot's, Courier's and Thunderbird's own files.
    private static func isBookkeeping(_ name: String) -> Bool {
        name.hasPrefix("dovecot") || name.hasPrefix("courier") || name.hasPrefix("maildir") || name.hasSuffix(".msf")
            || name == "subscriptions" || name == "msgFilterRules.dat"
    }

    /// True if the file should contain mail because of its place or its name.
    var isCalledMail: Bool { isCalledMessage || [".mbox", ".mbx"].contains { name.lowercased().hasSuffix($0) } }

    var isCalledMessage: Bool {
        // MH: a number.
        maildir != nil || (!name.isEmpty && name.utf8.allSatisfy { (0x30...0x39).contains($0) })
            || [".eml", ".msg", ".emlx"].contains { name.lowercased().hasSuffix($0) }
    }
}

/// The place of a message in a Maildir.
struct MaildirPlace: Hashable, Sendable {
    let isNew: Bool
    /// The file name of the message, with its flags.
    let name: String

    /// `2,` and letters in alphabetical order, after a colon; empty if there are none. Some systems cannot have a
    /// colon in a name, and write `;` or `!`.
    var info: Substring {
        guard let colon = name.lastIndex(where: { $0 == ":" || $0 == ";" || $0 == "!" }) else { return "" }
        let info = name[name.index(after: colon)...]
        return info.hasPrefix("2,") && info.utf8.dropFirst(2).allSatisfy { $0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A }
            ? info : ""
    }
}
