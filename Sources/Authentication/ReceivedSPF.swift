internal import DNS
internal import Mail
internal import SPF

/// The Received-SPF field (RFC 7208, 9.1), for readers that know no other.
///
/// ```
/// header-field = "Received-SPF:" [CFWS] result [FWS comment] [FWS key-value-list] [FWS] CRLF      (erratum 5436)
/// key-value-pair = key [CFWS] "=" ( dot-atom / quoted-string )
/// ```
struct ReceivedSPF {
    private let verdict: SPFVerdict
    private let client: Client
    private let helo: [UInt8]
    private let receiver: String

    /// Octets of a HELO argument that are told; RFC 1035 allows a name no more.
    private static let heloLimit = 255

    init(_ verdict: SPFVerdict, client: Client, helo: [UInt8], receiver: String) {
        self.verdict = verdict
        self.client = client
        self.helo = helo
        self.receiver = receiver
    }

    var field: HeaderField {
        var pairs: [(key: String, value: String)] = []
        if let address = client.address { pairs.append(("client-ip", address.description)) }
        switch verdict.identity {
        case .mailFrom(let domain):
            pairs.append(("envelope-from", "postmaster@" + domain.text))
            pairs.append(("identity", "mailfrom"))
        case .helo: pairs.append(("identity", "helo"))
        case nil: break
        }
        if helo.count <= Self.heloLimit, let text = String(validating: helo, as: UTF8.self),
            text.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        {
            pairs.append(("helo", text))
        }
        pairs.append(("receiver", receiver))
        if let reason = verdict.reason { pairs.append(("problem", reason)) }
        let list = pairs.map { "\n\t\($0.key)=\(Self.value($0.value))" }.joined(separator: ";")
        return HeaderField("Received-SPF", " \(verdict.result.rawValue)\(list)")
    }

    /// A dot-atom where the text is one, else a quoted-string without controls.
    private static func value(_ text: String) -> String {
        let isDotAtom =
            !text.isEmpty
            && text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
                .allSatisfy { !$0.isEmpty && $0.allSatisfy(isAtomText) }
        if isDotAtom { return text }
        var quoted = "\""
        for scalar in text.unicodeScalars where scalar.value >= 0x20 && scalar.value != 0x7F {
            if scalar == "\"" || scalar == "\\" { quoted.unicodeScalars.append("\\") }
            quoted.unicodeScalars.append(scalar)
        }
        return quoted + "\""
    }

    private static func isAtomText(_ octet: UInt8) -> Bool {
        switch octet {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "+"):
            true
        default: false
        }
    }
}
