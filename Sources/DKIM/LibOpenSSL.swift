internal import Glibc

/// libcrypto, with which libopendkim verifies, for one thing: threads that do not wait for each other.
///
/// OpenSSL 3 decodes a key by asking its default context for decoders, under locks that all threads share, a dozen for
/// each key: a fifth of the processor's time with two threads, and more with each further one. A thread that has a
/// context of its own as its default meets nobody there. The functions are looked up in the library that libopendkim
/// has brought along, so that none of its headers is needed; one before 3.0 has neither contexts nor those locks.
enum LibOpenSSL {
    private typealias MakeContext = @convention(c) () -> OpaquePointer?
    private typealias SetDefault = @convention(c) (OpaquePointer?) -> OpaquePointer?

    @safe private struct Functions {
        let makeContext: MakeContext
        let setDefault: SetDefault
    }

    private static let functions: Functions? = {
        guard let makeContext = unsafe dlsym(nil, "OSSL_LIB_CTX_new"),
            let setDefault = unsafe dlsym(nil, "OSSL_LIB_CTX_set0_default")
        else { return nil }
        return unsafe Functions(
            makeContext: unsafeBitCast(makeContext, to: MakeContext.self),
            setDefault: unsafeBitCast(setDefault, to: SetDefault.self)
        )
    }()

    /// Where a thread keeps its context, which lives as long as the process: the threads that verify are few and stay.
    private static let slot: pthread_key_t? = {
        var key = pthread_key_t()
        return unsafe pthread_key_create(&key, nil) == 0 ? key : nil
    }()

    /// Gives the thread that calls a context of its own, the first time.
    static func useOwnContext() {
        guard let slot, unsafe pthread_getspecific(slot) == nil, let functions,
            let context = unsafe functions.makeContext(),
            unsafe pthread_setspecific(slot, UnsafeRawPointer(context)) == 0
        else { return }
        _ = unsafe functions.setDefault(context)
    }
}
