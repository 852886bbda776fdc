internal import AuthResults
internal import DNS
internal import Mail
internal import MailAddresses
internal import Octets
internal import SPF

/// The Received-SPF field (RFC 7208, 9.1), for readers that know no other field.
///
/// ```
/// header-field = "Received-SPF:" [CFWS] result [FWS comment] [FWS key-value-list] [FWS] CRLF      (erratum 5436)
/// key-value-pair = key [CFWS] "=" ( dot-atom / quoted-string )
/// ```
struct ReceivedSPF {
    private let verdict: SPFVerdict
    private let client: Client
    private let mailFrom: [UInt8]
    private let helo: [UInt8]
    private let receiver: String

    /// Words that a local-part must not appear to contain (RFC 7208, 9.1: key).
    private static let keys = ["client-ip", "envelope-from", "helo", "identity", "mechanism", "problem", "receiver"]

    /// Octets of a local-part that is shown; RFC 5321, 4.5.3.1.1 allows it 64, but VERP and the like take more.
    private static let localPartLimit = 256

    init(_ verdict: SPFVerdict, client: Client, mailFrom: [UInt8], helo: [UInt8], receiver: String) {
        self.verdict = verdict
        self.client = client
        self.mailFrom = mailFrom
        self.helo = helo
        self.receiver = receiver
    }

    var field: HeaderField {
        var pairs: [(key: String, value: String)] = []
        if let address = client.address { pairs.append(("client-ip", address.description)) }
        switch verdict.identity {
        case .mailFrom:
            if let address = envelopeFrom { pairs.append(("envelope-from", address)) }
            pairs.append(("identity", "mailfrom"))
        case .helo: pairs.append(("identity", "helo"))
        case nil: break
        }
        switch HELOArgument(helo) {
        case .domain(let domain): pairs.append(("helo", domain.text))
        case .addressLiteral(let literal): pairs.append(("helo", "[\(literal)]"))
        case .invalid: break
        }
        pairs.append(("receiver", receiver))
        if let reason = verdict.reason { pairs.append(("problem", reason)) }
        let list = pairs.map { "\n\t\($0.key)=\(Self.value($0.value))" }.joined(separator: ";")
        return HeaderField("Received-SPF", " \(verdict.result.rawValue)\(list)")
    }

    /// The address without a source route, which names another domain first; nil for one that a careless reader could
    /// split or search: a quoted local-part may contain `; identity=...`.
    private var envelopeFrom: String? {
        guard let mailbox = ReversePath(mailFrom)?.mailbox, case .domain(let domain) = mailbox.host,
            mailbox.localPart.count <= Self.localPartLimit, mailbox.localPart.allSatisfy({ $0 < 0x80 })
        else { return nil }
        let address = String(decoding: mailbox.localPart, as: UTF8.self) + "@" + domain.text
        guard !Self.keys.contains(where: { address.lowercased().contains($0 + "=") }) else { return nil }
        return (try? PropertyValue.inert(address))?.text
    }

    /// A dot-atom if the text is one, otherwise a quoted-string without controls.
    private static func value(_ text: String) -> String {
        let isDotAtom =
            !text.isEmpty
            && text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
                .allSatisfy { !$0.isEmpty && $0.allSatisfy(isDotAtomSafe) }
        if isDotAtom { return text }
        var quoted = "\""
        for scalar in text.unicodeScalars where scalar.value >= 0x20 && scalar.value != 0x7F {
            if scalar == "\"" || scalar == "\\" { quoted.unicodeScalars.append("\\") }
            quoted.unicodeScalars.append(scalar)
        }
        return quoted + "\""
    }

    /// Fewer than atext: octets that every reader of the field takes for letters of a word.
    private static func isDotAtomSafe(_ octet: UInt8) -> Bool {
        octet.isLDH || octet == UInt8(ascii: "_") || octet == UInt8(ascii: "+")
    }
}
