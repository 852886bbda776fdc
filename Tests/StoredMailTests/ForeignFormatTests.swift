import Files
import Testing

@testable import StoredMail

@Suite struct ForeignFormatTests {
    /// Octets as characters of ISO 8859-1.
    static let files: [(String, ForeignFormat)] = [
        ("", .empty), ("\u{1F}\u{8B}\u{8}\0", .gzip), ("BZh91AY&SY", .bzip2), ("\u{FD}7zXZ\0\0", .xz),
        ("(\u{B5}/\u{FD}", .zstandard), ("PK\u{3}\u{4}x", .zip), ("PK\u{5}\u{6}", .zip),
        ("\u{D0}\u{CF}\u{11}\u{E0}\u{A1}\u{B1}\u{1A}\u{E1}", .ole), ("%PDF-1.7\n", .pdf), ("\u{FF}\u{FE}F\0", .utf16),
        ("\u{FE}\u{FF}\0F", .utf16), ("F\0r\0o\0m\0", .utf16), ("\0F\0r\0o", .utf16), ("<!DOCTYPE html>\n", .html),
        ("\n<HTML>", .html), ("<?xml version=\"1.0\"?>", .xml), ("{\"a\":1}", .json), ("[\n {", .json),
        ("1234      \nFrom: a@a.example\n", .emlx), ("\0\0\0\0", .binary), ("{\\rtf1\\ansi", .rtf),
        ("!BDN", .outlookStore),
        ("a:b" + String(repeating: "\0", count: 254) + "ustar\0", .tar),
    ]

    @Test(arguments: files)
    func `what is not mail is called by its name`(_ text: String, _ format: ForeignFormat) {
        let octets = text.unicodeScalars.map { UInt8($0.value) }
        #expect(ForeignFormat(beginning: octets) == format)
        #expect(throws: NotMail.self) { try SpooledMessage(octets).requireMail() }
    }

    @Test(arguments: [
        "From: a@a.example\n\nx", "From a@a.example Mon Jan  2 03:04:05 2023\nA: 1\n", ">From a\nA: 1\n\n",
        "\u{FEFF}A: 1\n\n", "A: 1", "A : 1\r\n", "X_y.z: 1\n", "A: 1\nno field\n", "A:\n\0\0\0",
    ])
    func `a message has a field in its header`(_ text: String) throws {
        let octets = Array(text.utf8)
        #expect(ForeignFormat(beginning: octets) == nil)
        try SpooledMessage(octets).requireMail()
    }

    @Test(arguments: ["\n", "\nA: 1\n", "hello\nA: 1\n", " A: 1\n", "From a\n\nx", "{x}: 1\n", "\r", "x"])
    func `what has no field is not a message`(_ text: String) {
        #expect(throws: NotMail.self) { try SpooledMessage(Array(text.utf8)).requireMail() }
    }
}
