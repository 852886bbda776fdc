internal import COpenDKIM

/// libopendkim, used for one thing: does a signature over a header verify under a key?
///
/// No body is ever fed and no handle outlives the call: with the keys at hand, `dkim_eoh` verifies the signature over
/// the header, and only that result is read. A handle is made for each signature, so that one cannot disturb another.
enum LibOpenDKIM {
    /// What the library found.
    struct Findings {
        /// True if the signature is one over ``headerHash`` under the key.
        let isVerified: Bool
        /// The hash of the header as the library canonicalised it.
        let headerHash: [UInt8]
    }

    /// The library's findings, or nil if it does not understand the signature.
    ///
    /// Fields are `Name: value` with CRLF folds, no CRLF at the end, and without NUL.
    /// - Parameters:
    ///   - signature: the DKIM-Signature in question.
    ///   - fields: those it selects, in the order of the header.
    ///   - key: a key record that this program wrote.
    ///   - timestamp: the signature's `t=`, or the largest number if it has none.
    static func verify(
        _ signature: [UInt8],
        over fields: [[UInt8]],
        key: [UInt8],
        timestamp: UInt64
    ) -> Findings? {
        guard let library = timestamp < lenientDrift ? strictClock : lenientClock else { return nil }
        let context = KeyContext(text: key)
        return withExtendedLifetime(context) {
            var status: DKIM_STAT = DKIM_STAT_OK
            guard let handle = unsafe dkim_verify(library.handle, library.identifier, nil, &status),
                status == DKIM_STAT_OK
            else { return nil }
            defer { unsafe dkim_free(handle) }
            unsafe dkim_set_user_context(handle, Unmanaged.passUnretained(context).toOpaque())
            /// A name with a space cannot be in an `h=`: this field is never selected, and with one such field the
            /// library never selects all of them, which is where it writes past the end of its list.
            guard unsafe feed(Array("x y: g".utf8), to: handle) else { return nil }
            /// The signature in question comes first: it is the first in the list of signatures, and the last that is
            /// selected by a name that others have too.
            for field in [signature] + fields {
                guard unsafe feed(field, to: handle) else { return nil }
            }
            /// These statuses are about the whole message, which has no body here; the result is in the signature's
            /// own flags. Without `dkim_eom` the library does not reveal its hashes.
            _ = unsafe dkim_eoh(handle)
            _ = unsafe dkim_eom(handle, nil)
            return unsafe findings(of: handle)
        }
    }

    private static func feed(_ field: [UInt8], to handle: OpaquePointer) -> Bool {
        guard !field.isEmpty else { return false }
        /// The library copies the field, and writes to its copy alone.
        return unsafe field.withUnsafeBufferPointer { octets in
            unsafe dkim_header(handle, UnsafeMutablePointer(mutating: octets.baseAddress), octets.count) == DKIM_STAT_OK
        }
    }

    private static func findings(of handle: OpaquePointer) -> Findings? {
        var signatures: UnsafeMutablePointer<OpaquePointer?>?
        var count: Int32 = 0
        guard unsafe dkim_getsiglist(handle, &signatures, &count) == DKIM_STAT_OK, count > 0,
            let signature = unsafe signatures?[0]
        else { return nil }
        let flags = unsafe dkim_sig_getflags(signature)
        let error = unsafe dkim_sig_geterror(signature)
        /// The key was used, and any error is in the signature, or in the body that was not fed. With any other error
        /// the library has no hashes, and asking for them would end the process.
        guard flags & UInt32(DKIM_SIGFLAG_PROCESSED) != 0,
            [DKIM_SIGERROR_OK, DKIM_SIGERROR_BADSIG, DKIM_SIGERROR_TOOLARGE_L].contains(error)
        else { return nil }
        var header: UnsafeMutableRawPointer?
        var headerLength = 0
        var body: UnsafeMutableRawPointer?
        var bodyLength = 0
        guard
            unsafe dkim_sig_gethashes(signature, &header, &headerLength, &body, &bodyLength) == DKIM_STAT_OK,
            let header = unsafe header
        else { return nil }
        return unsafe Findings(
            isVerified: flags & UInt32(DKIM_SIGFLAG_PASSED) != 0,
            headerHash: Array(UnsafeRawBufferPointer(start: header, count: headerLength))
        )
    }

    /// What the key callback knows about the current message.
    private final class KeyContext {
        let text: [UInt8]

        init(text: [UInt8]) {
            self.text = text
        }
    }

    /// A configured library. Once it is configured nothing writes to it (measured on eight threads with helgrind and
    /// TSan, with key lookups set and its own cache off), so all threads may share it.
    @safe private final class Library: @unchecked Sendable {
        let handle: OpaquePointer
        /// The library keeps this pointer for as long as a message lives, and does not copy what it points to.
        let identifier: UnsafePointer<UInt8>

        init?(clockDrift: UInt64) {
            LibOpenSSL.readRSAKeysDirectly()
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

    /// The library judges `t=` and `x=` by its own clock; ours is an argument. A drift of 35 years takes its clock
    /// out of play, except for `t=` values below the drift (before November 2004, and so before DKIM), where its
    /// arithmetic wraps: for those the drift is 0.
    private static let lenientDrift: UInt64 = 1_100_000_000
    private static let lenientClock = Library(clockDrift: lenientDrift)
    private static let strictClock = Library(clockDrift: 0)

    /// Copies the key that this program wrote into the library's buffer. Never `DKIM_CBSTAT_DEFAULT`: it would ask
    /// the DNS.
    private static let keyLookup:
        @convention(c) (
            OpaquePointer?, OpaquePointer?, UnsafeMutablePointer<UInt8>?, Int
        ) -> DKIM_CBSTAT = { handle, _, buffer, capacity in
            guard let handle = unsafe handle, let opaque = unsafe dkim_get_user_context(handle),
                let buffer = unsafe buffer
            else { return DKIM_CBSTAT_NOTFOUND }
            let context = unsafe Unmanaged<KeyContext>.fromOpaque(opaque).takeUnretainedValue()
            guard context.text.count < capacity else { return DKIM_CBSTAT_NOTFOUND }
            unsafe buffer.initialize(from: context.text, count: context.text.count)
            unsafe buffer[context.text.count] = 0
            return DKIM_CBSTAT_CONTINUE
        }

    /// Sets aside every signature but the first: the others are there to be hashed, not to be judged.
    private static let prescreen:
        @convention(c) (
            OpaquePointer?, UnsafeMutablePointer<OpaquePointer?>?, Int32
        ) -> DKIM_CBSTAT = { _, signatures, count in
            guard let signatures = unsafe signatures else { return DKIM_CBSTAT_REJECT }
            for index in 0..<max(Int(count), 0) where index > 0 {
                if let signature = unsafe signatures[index] { unsafe dkim_sig_ignore(signature) }
            }
            return DKIM_CBSTAT_CONTINUE
        }
}
