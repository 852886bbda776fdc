internal import COpenDKIM

/// libopendkim, for one thing: does a signature over a header verify under a key?
///
/// No body is ever fed and no handle outlives the call: with the keys at hand, `dkim_eoh` verifies the signature over the
/// header, and that is read and nothing else. A handle is made for each signature, so that one cannot disturb another.
enum LibOpenDKIM {
    struct Field {
        /// `Name: value`, folds as CRLF, no CRLF at the end; never empty and without NUL.
        let octets: [UInt8]
        /// True for the signature in question.
        let isCandidate: Bool
    }

    /// True if the library verified the signature, false if it did not, nil if it would not say.
    /// - Parameter timestamp: the signature's `t=`, the largest number without one.
    static func verify(_ fields: [Field], key: String, timestamp: UInt64) -> Bool? {
        guard let library = timestamp < lenientDrift ? strictClock : lenientClock else { return nil }
        let signatureNames = fields.filter { $0.isCandidate || isSignature($0.octets) }
        guard let position = signatureNames.firstIndex(where: \.isCandidate) else { return nil }
        let context = KeyContext(text: Array(key.utf8), position: position)
        return withExtendedLifetime(context) {
            var status: DKIM_STAT = DKIM_STAT_OK
            guard let handle = unsafe dkim_verify(library.handle, library.identifier, nil, &status),
                status == DKIM_STAT_OK
            else { return nil }
            defer { unsafe dkim_free(handle) }
            unsafe dkim_set_user_context(handle, Unmanaged.passUnretained(context).toOpaque())
            guard unsafe feed(fields, to: handle) else { return nil }
            /// The status speaks of the whole message; what is asked stands in the signature's own flags.
            _ = unsafe dkim_eoh(handle)
            return unsafe verdict(of: handle, at: position)
        }
    }

    private static func isSignature(_ octets: [UInt8]) -> Bool {
        let name = Array("dkim-signature".utf8)
        return octets.count > name.count
            && zip(octets, name).allSatisfy { $0 | 0x20 == $1 | 0x20 }
            && [UInt8(ascii: ":"), UInt8(ascii: " "), UInt8(ascii: "\t")].contains(octets[name.count])
    }

    private static func feed(_ fields: [Field], to handle: OpaquePointer) -> Bool {
        /// A name with a space can stand in no `h=`: this field is never selected, and with one such field the library
        /// never selects all of them, which is where it writes past the end of its list.
        var guardField = Array("x y: g".utf8)
        guard unsafe dkim_header(handle, &guardField, guardField.count) == DKIM_STAT_OK else { return false }
        for field in fields {
            var octets = field.octets
            guard unsafe dkim_header(handle, &octets, octets.count) == DKIM_STAT_OK else { return false }
        }
        return true
    }

    private static func verdict(of handle: OpaquePointer, at position: Int) -> Bool? {
        var signatures: UnsafeMutablePointer<OpaquePointer?>?
        var count: Int32 = 0
        guard unsafe dkim_getsiglist(handle, &signatures, &count) == DKIM_STAT_OK, position < Int(count),
            let signature = unsafe signatures?[position]
        else { return nil }
        let error = unsafe dkim_sig_geterror(signature)
        let passed = unsafe dkim_sig_getflags(signature) & UInt32(DKIM_SIGFLAG_PASSED) != 0
        if passed && (error == DKIM_SIGERROR_OK || error == DKIM_SIGERROR_UNKNOWN) { return true }
        return error == DKIM_SIGERROR_BADSIG ? false : nil
    }

    /// What the key callback is told of the message in hand.
    private final class KeyContext {
        let text: [UInt8]
        let position: Int

        init(text: [UInt8], position: Int) {
            self.text = text
            self.position = position
        }
    }

    /// A configured library. Once configured nothing writes to it (measured on eight threads with helgrind and TSan,
    /// key look-ups set and its own cache off), so that all threads may share it.
    @safe private final class Library: @unchecked Sendable {
        let handle: OpaquePointer
        /// The library keeps this pointer for as long as a message lives, and does not copy what it points to.
        let identifier: UnsafePointer<UInt8>

        init?(clockDrift: UInt64) {
            guard let handle = unsafe dkim_init(nil, nil) else { return nil }
            unsafe self.handle = handle
            let text = UnsafeMutablePointer<UInt8>.allocate(capacity: 2)
            unsafe text[0] = UInt8(ascii: "-")
            unsafe text[1] = 0
            unsafe identifier = UnsafePointer(text)
            var flags = UInt32(DKIM_LIBFLAGS_BADSIGHANDLES)
            var drift = clockDrift
            let isSet =
                unsafe dkim_options(
                    handle,
                    Int32(DKIM_OP_SETOPT),
                    DKIM_OPTS_FLAGS,
                    &flags,
                    MemoryLayout<UInt32>.size
                ) == DKIM_STAT_OK
                && dkim_options(
                    handle,
                    Int32(DKIM_OP_SETOPT),
                    DKIM_OPTS_CLOCKDRIFT,
                    &drift,
                    MemoryLayout<UInt64>.size
                ) == DKIM_STAT_OK
                && dkim_set_key_lookup(handle, keyLookup) == DKIM_STAT_OK
                && dkim_set_prescreen(handle, prescreen) == DKIM_STAT_OK
            guard isSet else { return nil }
        }
    }

    /// The library judges `t=` and `x=` by its own clock; ours is an argument. A drift of thirty years takes its clock
    /// out of the play, but for `t=` values below the drift, where its arithmetic wraps: those meet a drift of none.
    private static let lenientDrift: UInt64 = 1_000_000_000
    private static let lenientClock = Library(clockDrift: lenientDrift)
    private static let strictClock = Library(clockDrift: 0)

    /// Copies the key we wrote into the library's buffer. Never `DKIM_CBSTAT_DEFAULT`: it would ask the DNS by itself.
    private static let keyLookup:
        @convention(c) (
            OpaquePointer?, OpaquePointer?, UnsafeMutablePointer<UInt8>?, Int
        ) -> DKIM_CBSTAT = { handle, _, buffer, capacity in
            guard let context = unsafe context(of: handle), let buffer = unsafe buffer,
                context.text.count < capacity
            else { return DKIM_CBSTAT_NOTFOUND }
            for (index, octet) in context.text.enumerated() { unsafe buffer[index] = octet }
            unsafe buffer[context.text.count] = 0
            return DKIM_CBSTAT_CONTINUE
        }

    /// Puts every signature but the one in question aside: the others are there to be hashed, not to be judged.
    private static let prescreen:
        @convention(c) (
            OpaquePointer?, UnsafeMutablePointer<OpaquePointer?>?, Int32
        ) -> DKIM_CBSTAT = { handle, signatures, count in
            guard let context = unsafe context(of: handle), let signatures = unsafe signatures else {
                return DKIM_CBSTAT_REJECT
            }
            for index in 0..<Int(count) where index != context.position {
                if let signature = unsafe signatures[index] { unsafe dkim_sig_ignore(signature) }
            }
            return DKIM_CBSTAT_CONTINUE
        }

    private static func context(of handle: OpaquePointer?) -> KeyContext? {
        guard let handle = unsafe handle, let opaque = unsafe dkim_get_user_context(handle) else { return nil }
        return unsafe Unmanaged<KeyContext>.fromOpaque(opaque).takeUnretainedValue()
    }
}
