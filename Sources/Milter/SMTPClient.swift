package import NIOCore

/// The SMTP client as the MTA presents it.
package struct SMTPClient: Hashable, Sendable {
    /// The verified name, or the address in brackets; Postfix writes `[2001:db8::1]`, without `IPv6:`.
    package var hostname: [UInt8]
    package var origin: Origin

    package enum Origin: Hashable, Sendable {
        /// The address as text, from the MTA and unchecked.
        case inet(address: [UInt8], port: UInt16)
        case inet6(address: [UInt8], port: UInt16)
        case local(path: [UInt8])
        /// No address at all: mail from standard input, for example.
        case unknown
    }

    package init(hostname: [UInt8], origin: Origin) {
        self.hostname = hostname
        self.origin = origin
    }

    /// The text of an IPv4 or IPv6 address, without the brackets around it and the `IPv6:` before it that some MTAs
    /// write; nil for other origins, and for the word that Postfix writes if XCLIENT gives it no address.
    package var address: [UInt8]? {
        switch origin {
        case .inet(let address, _), .inet6(let address, _):
            let isBracketed = address.first == UInt8(ascii: "[") && address.last == UInt8(ascii: "]")
            let bare = isBracketed ? address.dropFirst().dropLast() : address[...]
            let tag = Array("ipv6:".utf8)
            if bare.elementsEqual("unknown".utf8) { return nil }
            let isTagged = bare.count > tag.count && zip(bare, tag).allSatisfy { $0 | 0x20 == $1 | 0x20 }
            return Array(isTagged ? bare.dropFirst(tag.count) : bare)
        case .local, .unknown: return nil
        }
    }

    /// The families of `SMFIC_CONNECT`.
    private enum Family: UInt8 {
        case inet = 0x34  // 4
        case inet6 = 0x36  // 6
        case local = 0x4C  // L
        case unknown = 0x55  // U
    }

    package init(from data: inout ByteBuffer) throws(ProtocolError) {
        let malformed = ProtocolError.malformed(Command.Code.connect.rawValue)
        guard
            let hostname = data.readTerminatedString(),
            let family = data.readInteger(as: UInt8.self).flatMap(Family.init(rawValue:))
        else { throw malformed }
        if case .unknown = family {
            self.init(hostname: hostname, origin: .unknown)
            // Neither port nor address follows; libmilter accepts them.
            data.moveReaderIndex(to: data.writerIndex)
            return
        }
        guard let port = data.readInteger(as: UInt16.self), let address = data.readTerminatedString() else {
            throw malformed
        }
        switch family {
        case .inet: self.init(hostname: hostname, origin: .inet(address: address, port: port))
        case .inet6: self.init(hostname: hostname, origin: .inet6(address: address, port: port))
        case .local: self.init(hostname: hostname, origin: .local(path: address))
        case .unknown: self.init(hostname: hostname, origin: .unknown)
        }
    }

    package func write(to buffer: inout ByteBuffer) {
        buffer.writeString(terminated: hostname)
        switch origin {
        case .inet(let address, let port): Self.write(.inet, port, address, to: &buffer)
        case .inet6(let address, let port): Self.write(.inet6, port, address, to: &buffer)
        case .local(let path): Self.write(.local, 0, path, to: &buffer)
        case .unknown: buffer.writeInteger(Family.unknown.rawValue)
        }
    }

    private static func write(_ family: Family, _ port: UInt16, _ address: [UInt8], to buffer: inout ByteBuffer) {
        buffer.writeInteger(family.rawValue)
        buffer.writeInteger(port)
        buffer.writeString(terminated: address)
    }
}
