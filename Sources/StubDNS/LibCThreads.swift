internal import CAres
internal import Glibc

/// Threads, polling and waking up. No pointer leaves this file.
enum LibCThreads {
    /// A descriptor that one thread polls and others make readable. Closed when its last owner releases it.
    final class Event: Sendable {
        let descriptor: Int32

        init?() {
            descriptor = eventfd(0, Int32(EFD_CLOEXEC) | Int32(EFD_NONBLOCK))
            guard descriptor >= 0 else { return nil }
        }

        deinit {
            _ = Glibc.close(descriptor)
        }

        func signal() {
            _ = eventfd_write(descriptor, 1)
        }

        func clear() {
            var count: eventfd_t = 0
            _ = unsafe eventfd_read(descriptor, &count)
        }
    }

    struct Watched {
        let descriptor: Int32
        let isForReading: Bool
        let isForWriting: Bool
    }

    /// The descriptors that are ready, including hang-ups and errors, in the same order. Waits for at most
    /// `milliseconds`, or without limit if nil.
    static func poll(_ watched: [Watched], milliseconds: Int32?) -> [Watched] {
        var descriptors = watched.map { watched in
            pollfd(
                fd: watched.descriptor,
                events: (watched.isForReading ? Int16(POLLIN) : 0) | (watched.isForWriting ? Int16(POLLOUT) : 0),
                revents: 0
            )
        }
        let count = unsafe Glibc.poll(&descriptors, nfds_t(descriptors.count), milliseconds ?? -1)
        guard count > 0 else { return [] }
        let broken = Int16(POLLERR) | Int16(POLLHUP) | Int16(POLLNVAL)
        return zip(watched, descriptors).compactMap { watched, descriptor in
            guard descriptor.revents != 0 else { return nil }
            let isBroken = descriptor.revents & broken != 0
            return Watched(
                descriptor: watched.descriptor,
                isForReading: watched.isForReading && (isBroken || descriptor.revents & Int16(POLLIN) != 0),
                isForWriting: watched.isForWriting && (isBroken || descriptor.revents & Int16(POLLOUT) != 0)
            )
        }
    }

    /// Receives the next datagram if it has exactly `length` octets; otherwise leaves it queued and returns nil.
    static func takeDatagram(from descriptor: Int32, ofLength length: Int) -> [UInt8]? {
        var next: Int32 = 0
        guard unsafe ioctl(descriptor, UInt(FIONREAD), &next) == 0, next == length else { return nil }
        var octets = [UInt8](repeating: 0, count: length)
        let count = unsafe recv(descriptor, &octets, length, Int32(MSG_DONTWAIT))
        return count == length ? octets : nil
    }

    private final class Body: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    /// Runs `body` on a separate thread, which takes no signals: those are for the program's other threads, and
    /// c-ares may write to a connection that its peer has closed, which would be a fatal SIGPIPE. False if the system
    /// refuses a thread.
    static func startThread(_ body: @escaping @Sendable () -> Void) -> Bool {
        let context = unsafe Unmanaged.passRetained(Body(body))
        var thread = pthread_t()
        let status = unsafe pthread_create(
            &thread,
            nil,
            { context in
                guard let context = unsafe context else { return nil }
                var signals = sigset_t()
                unsafe sigfillset(&signals)
                unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
                unsafe Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run()
                return nil
            },
            context.toOpaque()
        )
        guard status == 0 else {
            unsafe context.release()
            return false
        }
        pthread_detach(thread)
        return true
    }
}
