internal import Glibc

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

    /// Makes the library read keys directly from now on; without it the results are the same, only slower.
    static func readRSAKeysDirectly() {
        _ = engine
    }
}
