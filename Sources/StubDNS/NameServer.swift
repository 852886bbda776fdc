package import DNS
internal import Octets

/// Where a name server listens.
package struct NameServer: Hashable, Sendable {
    package let address: IPAddress
    package let port: UInt16

    /// - Parameter address: `0.0.0.0` and `::` mean this host, as in glibc. Its replies come from the loopback
    ///   address, so that is where it is asked.
    package init(address: IPAddress, port: UInt16 = 53) {
        self.address =
            switch address {
            case .v4(IPv4Address(value: 0)): .v4(IPv4Address(value: 0x7F00_0001))
            case .v6(IPv6Address(high: 0, low: 0)): .v6(IPv6Address(high: 0, low: 1))
            case .v4, .v6: address
            }
        self.port = port
    }

    /// Reads `ADDR`, `ADDR:PORT`, `[ADDR]` or `[ADDR]:PORT`; an IPv6 address with a port needs the brackets. Nil if
    /// the text has none of these forms.
    package init?(_ text: some StringProtocol) {
        if let address = IPAddress(text) {
            self.init(address: address)
            return
        }
        let host: Text
        let rest: Text
        if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
            host = Text(text[text.index(after: text.startIndex)..<end])
            rest = Text(text[text.index(after: end)...])
        } else if let colon = text.lastIndex(of: ":"), !text[..<colon].contains(":") {
            host = Text(text[..<colon])
            rest = Text(text[colon...])
        } else {
            return nil
        }
        guard let address = IPAddress(host) else { return nil }
        if rest.isEmpty {
            self.init(address: address)
        } else {
            let digits = rest.dropFirst()
            guard rest.first == ":", digits.utf8.allSatisfy(\.isDigit), let port = UInt16(digits),
                port > 0
            else { return nil }
            self.init(address: address, port: port)
        }
    }

    private typealias Text = Substring
}

extension NameServer: CustomStringConvertible {
    /// `ADDR:PORT` or `[ADDR]:PORT`.
    package var description: String {
        switch address {
        case .v4: "\(address):\(port)"
        case .v6: "[\(address)]:\(port)"
        }
    }
}
