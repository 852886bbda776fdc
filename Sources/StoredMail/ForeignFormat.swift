package import Files
internal import Mail

/// The format of a file that is not a message as delivered, by its first octets. Compressed or converted messages are
/// not examined: an empty verdict on them would look like one on a message.
package enum ForeignFormat: Hashable, Sendable, CaseIterable {
    case empty
    case gzip, bzip2, xz, zstandard, zip, sevenZip, tar
    /// Compound files: Outlook's `.msg`.
    case ole
    case outlookStore, tnef, sqlite, pdf, utf16, utf32
    case html, xml, json, rtf
    /// Apple Mail: a line with the number of octets, then the message.
    case emlx
    /// Octets that no text contains.
    case binary

    /// - Parameter beginning: some hundreds of octets, or the whole file.
    package init?(beginning: some Collection<UInt8>) {
        let octets = Array(beginning.prefix(Self.beginningLength))
        if octets.isEmpty {
            self = .empty
        } else if let format = Self.signatures.first(where: { octets.starts(with: $0.octets) })?.format {
            self = format
        } else if octets.dropFirst(257).starts(with: "ustar".utf8) {
            self = .tar
        } else if Self.isWide(octets) {
            self = .utf16
        } else if let format = Self.textFormat(octets) {
            self = format
        } else if octets[0] == 0 {
            self = .binary
        } else {
            return nil
        }
    }

    /// Octets that show the format.
    package static let beginningLength = 512

    private static let signatures: [(octets: [UInt8], format: ForeignFormat)] = [
        ([0x1F, 0x8B], .gzip), (Array("BZh".utf8), .bzip2), ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0], .xz),
        ([0x28, 0xB5, 0x2F, 0xFD], .zstandard), ([0x50, 0x4B, 3, 4], .zip), ([0x50, 0x4B, 5, 6], .zip),
        ([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], .sevenZip),
        ([0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1], .ole), (Array("!BDN".utf8), .outlookStore),
        ([0xCF, 0xAD, 0x12, 0xFE], .outlookStore), ([0x78, 0x9F, 0x3E, 0x22], .tnef),
        (Array("SQLite format 3\0".utf8), .sqlite), (Array("%PDF-".utf8), .pdf), (Array("{\\rtf".utf8), .rtf),
        ([0xFF, 0xFE, 0, 0], .utf32), ([0, 0, 0xFE, 0xFF], .utf32), ([0xFF, 0xFE], .utf16), ([0xFE, 0xFF], .utf16),
    ]

    /// True for letters with a NUL before or after each: UTF-16 without a mark.
    private static func isWide(_ octets: [UInt8]) -> Bool {
        guard octets.count >= 4 else { return false }
        return (octets[0] != 0 && octets[1] == 0 && octets[2] != 0 && octets[3] == 0)
            || (octets[0] == 0 && octets[1] != 0 && octets[2] == 0 && octets[3] != 0)
    }

    private static func textFormat(_ octets: [UInt8]) -> ForeignFormat? {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let text = (octets.starts(with: mark) ? octets.dropFirst(mark.count) : octets[...]).drop { $0 <= 0x20 }
        let lower = text.prefix(16).map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
        if lower.starts(with: "<!doctype html".utf8) || lower.starts(with: "<html".utf8) { return .html }
        if lower.starts(with: "<?xml".utf8) || lower.starts(with: "<!doctype".utf8) { return .xml }
        if let first = text.first, first == UInt8(ascii: "{") || first == UInt8(ascii: "[") {
            let next = text.dropFirst().first { $0 > 0x20 }
            return next.map { "\"{[]}-0123456789tfn".utf8.contains($0) } ?? false ? .json : nil
        }
        let digits = text.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        let rest = text[digits.endIndex...].drop { $0 == 0x20 }
        return !digits.isEmpty && rest.first == UInt8(ascii: "\n") ? .emlx : nil
    }

    /// True for what ``LibArchive`` reads.
    package var isPacked: Bool {
        switch self {
        case .gzip, .bzip2, .xz, .zstandard, .zip, .sevenZip, .tar: true
        case .empty, .ole, .outlookStore, .tnef, .sqlite, .pdf, .utf16, .utf32, .html, .xml, .json, .rtf, .emlx,
            .binary:
            false
        }
    }

    /// The format of the file, to follow "is".
    package var name: String {
        switch self {
        case .empty: "empty"
        case .gzip: "compressed (gzip)"
        case .bzip2: "compressed (bzip2)"
        case .xz: "compressed (xz)"
        case .zstandard: "compressed (zstd)"
        case .zip: "a zip archive"
        case .sevenZip: "a 7-Zip archive"
        case .tar: "a tar archive"
        case .ole: "an Outlook message (.msg) or another OLE file"
        case .outlookStore: "a mail store of Outlook"
        case .tnef: "TNEF (winmail.dat)"
        case .sqlite: "a database (SQLite)"
        case .pdf: "PDF"
        case .utf16: "text in UTF-16"
        case .utf32: "text in UTF-32"
        case .html: "HTML"
        case .xml: "XML"
        case .json: "JSON"
        case .rtf: "RTF"
        case .emlx: "a message of Apple Mail (.emlx), with its length in the first line"
        case .binary: "binary data"
        }
    }

    /// What can be done about it; nil if nothing can.
    package var advice: String? {
        switch self {
        case .gzip: "decompress it: zcat FILE | authres ... -"
        case .bzip2: "decompress it: bzcat FILE | authres ... -"
        case .xz: "decompress it: xzcat FILE | authres ... -"
        case .zstandard: "decompress it: zstdcat FILE | authres ... -"
        case .zip, .sevenZip, .tar: "unpack it first"
        case .ole: "convert it first, for example with msgconvert"
        case .outlookStore: "convert it first, for example with readpst"
        case .utf16, .utf32: "convert it: iconv -f UTF-16 -t UTF-8 FILE | authres ... -"
        case .emlx: "remove the line: tail -n +2 FILE | authres ... -"
        case .empty, .tnef, .sqlite, .pdf, .html, .xml, .json, .rtf, .binary: nil
        }
    }
}

/// Why a file is not examined as a message.
package struct NotMail: Error, CustomStringConvertible {
    package let description: String

    package init(_ format: ForeignFormat) {
        description = "is \(format.name), not a message" + (format.advice.map { "; \($0)" } ?? "")
    }

    package static let directory = NotMail("is a directory, not a message; for mailboxes there is `authres archive`")
    package static let noHeader = NotMail("has no header field at its beginning, so it is not a message")

    private init(_ description: String) {
        self.description = description
    }
}

extension SpooledMessage {
    /// Throws for a file that cannot be a message: it has no field in a header.
    package func requireMail() throws {
        if let format = ForeignFormat(beginning: try piece(at: 0)) { throw NotMail(format) }
        var hasField = false
        try scan(nil, fieldLimit: MessageScanner.defaultFieldLimit) { event in
            guard case .field(let scanned) = event else { return false }
            hasField = scanned.field.hasPlausibleName
            return !hasField
        }
        guard hasField else { throw NotMail.noHeader }
    }
}

extension HeaderField {
    /// False for a line that an mbox left on top, and for names that no program gives a field although RFC 5322 would
    /// allow them, such as `{"key"`.
    fileprivate var hasPlausibleName: Bool {
        !isNamed("X-Mailbox-Line")
            && name.allSatisfy { octet in
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(octet)
                    || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(octet | 0x20) || " \t-_./+".utf8.contains(octet)
            }
    }
}
