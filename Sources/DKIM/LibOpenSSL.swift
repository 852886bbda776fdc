internal import Glibc
internal import Synchronization

/// libcrypto, with which libopendkim verifies, used for one thing: to read RSA keys without detours.
///
/// libopendkim reads the key again for each signature. OpenSSL 3 searches for decoders each time, under a dozen locks
/// that all threads share, has a provider make a key from what they decode, and turns that into the kind of key
/// libopendkim works with: 84 of the 102 µs that an RSA-2048 signature costs. If an engine is registered for RSA, it
/// makes that kind at once, as 1.1 always did, since an engine cannot use a provider's key (`x509_pubkey_decode` in
/// crypto/x509/x_pubkey.c). Therefore this is an engine that offers only the library's own method. `RSA_verify`,
/// which asks neither engines nor providers, gets the same numbers either way.
///
/// The functions are looked up in the library that libopendkim has loaded, so that none of its headers is needed, and
/// a library without engines works as before.
enum LibOpenSSL {
    private typealias MakeEngine = @convention(c) () -> OpaquePointer?
    private typealias SetMethods = @convention(c) (OpaquePointer?, Methods) -> CInt
    private typealias Register = @convention(c) (OpaquePointer?) -> CInt
    private typealias FindMethod = @convention(c) (CInt) -> OpaquePointer?
    /// ENGINE_PKEY_METHS_PTR: given a place for a method, stores the method for a kind of key there; otherwise lists
    /// the kinds.
    private typealias Methods =
        @convention(c) (
            OpaquePointer?, UnsafeMutablePointer<OpaquePointer?>?, UnsafeMutablePointer<UnsafePointer<CInt>?>?, CInt
        ) -> CInt

    /// NID_rsaEncryption in openssl/obj_mac.h.
    private static let rsa: CInt = 6

    /// What the engine offers. The list is written once and never freed: an engine lives as long as the process.
    @safe private struct Offer: @unchecked Sendable {
        let kinds: UnsafePointer<CInt>
        let findMethod: FindMethod
    }

    private static let offer: Offer? = {
        guard let findMethod = unsafe dlsym(nil, "EVP_PKEY_meth_find") else { return nil }
        let kinds = UnsafeMutablePointer<CInt>.allocate(capacity: 1)
        unsafe kinds.initialize(to: rsa)
        return unsafe Offer(
            kinds: UnsafePointer(kinds),
            findMethod: unsafeBitCast(findMethod, to: FindMethod.self)
        )
    }()

    private static let methods: Methods = { _, method, kinds, kind in
        guard let offer else { return 0 }
        guard let method = unsafe method else {
            unsafe kinds?.pointee = offer.kinds
            return 1
        }
        unsafe method.pointee = kind == rsa ? offer.findMethod(kind) : nil
        return unsafe method.pointee == nil ? 0 : 1
    }

    @safe private struct Engine: @unchecked Sendable {
        let handle: OpaquePointer
    }

    /// Registered from the first use until the process ends; nil if the library has no engines.
    private static let engine: Engine? = {
        guard offer != nil, let makeEngine = unsafe dlsym(nil, "ENGINE_new"),
            let setMethods = unsafe dlsym(nil, "ENGINE_set_pkey_meths"),
            let register = unsafe dlsym(nil, "ENGINE_register_pkey_meths"),
            let handle = unsafe unsafeBitCast(makeEngine, to: MakeEngine.self)(),
            unsafe unsafeBitCast(setMethods, to: SetMethods.self)(handle, methods) == 1,
            unsafe unsafeBitCast(register, to: Register.self)(handle) == 1
        else { return nil }
        return unsafe Engine(handle: handle)
    }()

    /// Makes the library read keys directly from now on, and calculate with a known modulus without preparing for it
    /// again; without it the results are the same, only slower.
    static func readRSAKeysDirectly() {
        _ = engine
        _ = method
    }
}

// MARK: - Known moduli

/// Arithmetic with a modulus begins with numbers that depend only on the modulus (BN_MONT_CTX). OpenSSL keeps them with
/// the key; as libopendkim keeps no key for longer than a signature, they are calculated for each: 83,000 of the 377,000
/// instructions of an RSA-2048 verification. This is the library's own RSA method, except for the place where these
/// numbers are kept: in a table, by a remainder of the modulus.
extension LibOpenSSL {
    private typealias MakeMethod = @convention(c) (OpaquePointer?) -> OpaquePointer?
    private typealias FindDefault = @convention(c) () -> OpaquePointer?
    private typealias Initialize = @convention(c) (OpaquePointer?) -> CInt
    private typealias SetInitialize = @convention(c) (OpaquePointer?, Initialize) -> CInt
    private typealias SetPower = @convention(c) (OpaquePointer?, Power) -> CInt
    private typealias SetFlags = @convention(c) (OpaquePointer?, CInt) -> Void
    private typealias SetDefault = @convention(c) (OpaquePointer?) -> Void
    private typealias MakePrepared = @convention(c) () -> OpaquePointer?
    private typealias Prepare = @convention(c) (OpaquePointer?, OpaquePointer?, OpaquePointer?) -> CInt
    private typealias Free = @convention(c) (OpaquePointer?) -> Void
    private typealias CountBits = @convention(c) (OpaquePointer?) -> CInt
    private typealias Remainder = @convention(c) (OpaquePointer?, UInt) -> UInt
    private typealias Compare = @convention(c) (OpaquePointer?, OpaquePointer?) -> CInt
    private typealias Duplicate = @convention(c) (OpaquePointer?) -> OpaquePointer?
    /// Result, base, exponent, modulus, scratch, and the prepared numbers or nil: `BN_mod_exp_mont`.
    private typealias Power =
        @convention(c) (
            OpaquePointer?, OpaquePointer?, OpaquePointer?, OpaquePointer?, OpaquePointer?, OpaquePointer?
        ) -> CInt

    /// RSA_FLAG_CACHE_PRIVATE in openssl/rsa.h. Without RSA_FLAG_CACHE_PUBLIC a key does not prepare for its modulus.
    private static let cachePrivate: CInt = 0x0004

    @safe private struct Functions: @unchecked Sendable {
        let setFlags: SetFlags
        let makePrepared: MakePrepared
        let prepare: Prepare
        let free: Free
        let countBits: CountBits
        let remainder: Remainder
        let compare: Compare
        let duplicate: Duplicate
        let freeNumber: Free
        let power: Power

        init?() {
            guard let setFlags = unsafe dlsym(nil, "RSA_set_flags"),
                let makePrepared = unsafe dlsym(nil, "BN_MONT_CTX_new"),
                let prepare = unsafe dlsym(nil, "BN_MONT_CTX_set"),
                let free = unsafe dlsym(nil, "BN_MONT_CTX_free"),
                let countBits = unsafe dlsym(nil, "BN_num_bits"),
                let remainder = unsafe dlsym(nil, "BN_mod_word"),
                let compare = unsafe dlsym(nil, "BN_cmp"),
                let duplicate = unsafe dlsym(nil, "BN_dup"),
                let freeNumber = unsafe dlsym(nil, "BN_free"),
                let power = unsafe dlsym(nil, "BN_mod_exp_mont")
            else { return nil }
            unsafe self.setFlags = unsafeBitCast(setFlags, to: SetFlags.self)
            unsafe self.makePrepared = unsafeBitCast(makePrepared, to: MakePrepared.self)
            unsafe self.prepare = unsafeBitCast(prepare, to: Prepare.self)
            unsafe self.free = unsafeBitCast(free, to: Free.self)
            unsafe self.countBits = unsafeBitCast(countBits, to: CountBits.self)
            unsafe self.remainder = unsafeBitCast(remainder, to: Remainder.self)
            unsafe self.compare = unsafeBitCast(compare, to: Compare.self)
            unsafe self.duplicate = unsafeBitCast(duplicate, to: Duplicate.self)
            unsafe self.freeNumber = unsafeBitCast(freeNumber, to: Free.self)
            unsafe self.power = unsafeBitCast(power, to: Power.self)
        }
    }

    private static let functions = Functions()

    /// What is prepared for one modulus; only read from then on.
    @safe private final class PreparedModulus: @unchecked Sendable {
        let handle: OpaquePointer
        private let modulus: OpaquePointer
        private let functions: Functions

        init?(_ modulus: OpaquePointer?, _ scratch: OpaquePointer?, _ functions: Functions) {
            guard let handle = unsafe functions.makePrepared() else { return nil }
            guard let copy = unsafe functions.duplicate(modulus) else {
                unsafe functions.free(handle)
                return nil
            }
            unsafe self.handle = handle
            unsafe self.modulus = copy
            self.functions = functions
            guard unsafe functions.prepare(handle, modulus, scratch) == 1 else { return nil }
        }

        func belongs(to other: OpaquePointer?) -> Bool {
            unsafe functions.compare(modulus, other) == 0
        }

        deinit {
            unsafe functions.free(handle)
            unsafe functions.freeNumber(modulus)
        }
    }

    /// Moduli that are kept. Each takes one to three KiB; when there are more, all are forgotten.
    private static let moduliLimit = 256
    /// RFC 8301 asks for keys up to 4,096 bits.
    private static let keptBits: CInt = 4096
    /// The largest prime below 2^32: a larger divisor would cost a copy of the modulus. Of two moduli with the same
    /// remainder, only the later is kept.
    private static let divisor: UInt = 4_294_967_291
    private static let prepared = Mutex<[UInt: PreparedModulus]>([:])

    /// Nil where nothing is kept.
    private static func prepared(_ modulus: OpaquePointer?, _ scratch: OpaquePointer?) -> PreparedModulus? {
        guard let functions, case let bits = unsafe functions.countBits(modulus), bits > 0, bits <= keptBits else {
            return nil
        }
        let remainder = unsafe functions.remainder(modulus, divisor)
        if let known = prepared.withLock({ $0[remainder] }), unsafe known.belongs(to: modulus) { return known }
        guard let new = unsafe PreparedModulus(modulus, scratch, functions) else { return nil }
        prepared.withLock { prepared in
            if prepared.count >= moduliLimit { prepared = [:] }
            prepared[remainder] = new
        }
        return new
    }

    private static let power: Power = { result, base, exponent, modulus, scratch, own in
        guard let functions else { return 0 }
        // A private key's primes, which the key itself is prepared for.
        if unsafe own != nil { return unsafe functions.power(result, base, exponent, modulus, scratch, own) }
        let prepared = unsafe prepared(modulus, scratch)
        return withExtendedLifetime(prepared) {
            unsafe functions.power(result, base, exponent, modulus, scratch, prepared?.handle)
        }
    }

    private static let initialize: Initialize = { key in
        guard let functions else { return 0 }
        unsafe functions.setFlags(key, cachePrivate)
        return 1
    }

    @safe private struct Method: @unchecked Sendable {
        let handle: OpaquePointer
    }

    /// The default method of RSA keys from the first use on, for as long as the process lives; nil if there is none to
    /// be made.
    private static let method: Method? = {
        guard functions != nil, let findDefault = unsafe dlsym(nil, "RSA_PKCS1_OpenSSL"),
            let makeCopy = unsafe dlsym(nil, "RSA_meth_dup"),
            let setInitialize = unsafe dlsym(nil, "RSA_meth_set_init"),
            let setPower = unsafe dlsym(nil, "RSA_meth_set_bn_mod_exp"),
            let setDefault = unsafe dlsym(nil, "RSA_set_default_method"),
            let original = unsafe unsafeBitCast(findDefault, to: FindDefault.self)(),
            let handle = unsafe unsafeBitCast(makeCopy, to: MakeMethod.self)(original),
            unsafe unsafeBitCast(setInitialize, to: SetInitialize.self)(handle, initialize) == 1,
            unsafe unsafeBitCast(setPower, to: SetPower.self)(handle, power) == 1
        else { return nil }
        unsafe unsafeBitCast(setDefault, to: SetDefault.self)(handle)
        return unsafe Method(handle: handle)
    }()
}
