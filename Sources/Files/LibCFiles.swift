internal import Glibc

/// A system call on a file that failed.
package struct FileFailure: Error, CustomStringConvertible {
    /// The path, or a name in place of one: `standard input`.
    package let name: String
    package let code: Int32
    /// For a packed file that cannot be unpacked: the error, including its name.
    package let damage: String?

    package init(_ name: String, code: Int32 = errno) {
        self.name = name
        self.code = code
        damage = nil
    }

    package init(damaged text: String) {
        (name, code, damage) = ("", EBADMSG, text)
    }

    /// False if it is the copy of a message that could not be written or read.
    package var isOfInput: Bool { name != SpooledMessage.fileName }

    /// True if another run writes to the file.
    package var isLocked: Bool { code == EWOULDBLOCK }

    package var description: String {
        damage
            ?? "\(PathOctets.shown(name)): \(isLocked ? "is being written by another run" : LibCFiles.text(ofError: code))"
    }
}

/// The system calls on files that Foundation lacks, or offers only with a copy. No pointer leaves this file.
package enum LibCFiles {
    package static func text(ofError code: Int32) -> String {
        unsafe strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
    }

    /// Standard input, output and error are opened as `/dev/null` if they are closed: otherwise the next file or
    /// socket would get the number, and the output meant for a reader would go there. Input is opened for writing and
    /// the others for reading, so that their use fails as it would have.
    package static func openStandardDescriptors() {
        for number in STDIN_FILENO...STDERR_FILENO where fcntl(number, F_GETFD) < 0 {
            // The lowest free number is this one.
            _ = unsafe open("/dev/null", number == STDIN_FILENO ? O_WRONLY : O_RDONLY)
        }
    }

    /// A FIFO is opened without waiting for a writer: no signal would end that wait. Reads do wait.
    static func openForReading(_ path: String) throws(FileFailure) -> Int32 {
        let descriptor = unsafe open(PathOctets.terminated(path), O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0, fcntl(descriptor, F_SETFL, O_RDONLY) == 0 else { throw FileFailure(path) }
        return descriptor
    }

    /// Opens a file for writing at its end, or creates it. Another process that does the same is refused.
    static func openForAppending(_ path: String) throws(FileFailure) -> Int32 {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw FileFailure(path) }
        // Some file systems have no locks. The other process may have given the file its final name in the meantime.
        let isLocked = flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK
        guard isLocked, let file = status(of: descriptor), status(ofPath: path).map(file.isFile) ?? false else {
            _ = close(descriptor)
            throw FileFailure(path, code: EWOULDBLOCK)
        }
        return descriptor
    }

    /// Opens a device or a FIFO for writing.
    static func openForWriting(_ path: String) throws(FileFailure) -> Int32 {
        let descriptor = unsafe open(path, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileFailure(path) }
        return descriptor
    }

    /// The path without symbolic links; nil if there is no such file.
    package static func resolved(_ path: String) -> String? {
        guard let name = unsafe realpath(PathOctets.terminated(path), nil) else { return nil }
        defer { unsafe free(name) }
        return unsafe PathOctets.text(of: (0..<strlen(name)).map { unsafe UInt8(truncatingIfNeeded: name[$0]) })
    }

    /// The path of the directory that a name is in.
    package static func directory(of name: String) -> String {
        name.lastIndex(of: "/").map { $0 == name.startIndex ? "/" : String(name[..<$0]) } ?? "."
    }

    /// A file without a name, for reading and writing; it disappears when it is closed.
    static func openTemporary(in directory: String) throws(FileFailure) -> Int32 {
        var path = Array((directory + "/authres.XXXXXX").utf8CString)
        let descriptor = unsafe path.withUnsafeMutableBufferPointer { buffer -> Int32 in
            guard let base = buffer.baseAddress else { return -1 }
            let descriptor = unsafe mkstemp(base)
            if descriptor >= 0 { _ = unsafe unlink(base) }
            return descriptor
        }
        guard descriptor >= 0 else { throw FileFailure(directory) }
        return descriptor
    }

    /// The available octets, up to `count`; empty at the end.
    package static func read(_ descriptor: Int32, count: Int, name: String) throws(FileFailure) -> [UInt8] {
        unsafe try octets(count, name) { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
    }

    /// The same from a place in the file.
    package static func read(_ descriptor: Int32, at offset: Int, count: Int, name: String) throws(FileFailure)
        -> [UInt8]
    {
        unsafe try octets(count, name) { unsafe pread(descriptor, $0.baseAddress, $0.count, offset) }
    }

    private static func octets(
        _ count: Int,
        _ name: String,
        _ read: (UnsafeMutableBufferPointer<UInt8>) -> Int
    ) throws(FileFailure) -> [UInt8] {
        var code: Int32 = 0
        let octets = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            var status = unsafe read(buffer)
            while status < 0, errno == EINTR { status = unsafe read(buffer) }
            if status < 0 { code = errno }
            filled = max(status, 0)
        }
        guard code == 0 else { throw FileFailure(name, code: code) }
        return octets
    }

    package static func write(_ octets: ArraySlice<UInt8>, to descriptor: Int32, name: String) throws(FileFailure) {
        var rest = octets
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno != EINTR { throw FileFailure(name) }
            rest = rest.dropFirst(max(count, 0))
        }
    }

    /// Makes sure that the written octets are on the disk.
    package static func synchronize(_ descriptor: Int32, name: String) throws(FileFailure) {
        // A pipe, a terminal, /dev/null: there is no disk.
        guard fsync(descriptor) == 0 || errno == EINVAL || errno == EROFS else { throw FileFailure(name) }
    }

    static func truncate(_ descriptor: Int32, to length: Int, name: String) throws(FileFailure) {
        guard ftruncate(descriptor, length) == 0 else { throw FileFailure(name) }
    }

    /// Gives a file its final name, replacing a file that had it, and makes sure that this lasts.
    package static func rename(_ path: String, to name: String) throws(FileFailure) {
        guard unsafe Glibc.rename(path, name) == 0 else { throw FileFailure(name) }
        let descriptor = try openForReading(directory(of: name))
        defer { _ = close(descriptor) }
        _ = fsync(descriptor)
    }

    /// Does nothing if there is no such file.
    package static func remove(_ path: String) {
        _ = unsafe unlink(path)
    }

    /// The identity of a file, to recognise it later, and its size; the size is nil if it is not a regular file.
    package struct Status: Hashable, Sendable {
        let device: UInt
        let inode: UInt
        package let size: Int?
        package let isDirectory: Bool
        /// When the contents were last changed, in nanoseconds since 1970.
        let modified: Int

        /// Practically always different if the contents are.
        package var version: String { "\(size.map(String.init) ?? "-") \(modified)" }

        /// True for the same regular file, by whatever name.
        func isFile(_ other: Status) -> Bool {
            size != nil && (device, inode) == (other.device, other.inode)
        }
    }

    /// True if the path's last name is a symbolic link.
    package static func isSymbolicLink(_ path: String) -> Bool {
        var status = stat()
        return unsafe lstat(PathOctets.terminated(path), &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
    }

    /// The names in a directory except `.` and `..`, in no particular order.
    static func names(in path: String, _ take: ([UInt8]) -> Void) throws(FileFailure) {
        guard let directory = unsafe opendir(PathOctets.terminated(path)) else { throw FileFailure(path) }
        defer { unsafe closedir(directory) }
        errno = 0
        while let entry = unsafe readdir(directory) {
            let octets = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { name in
                unsafe Array(name.prefix { $0 != 0 })
            }
            if octets != Array(".".utf8), octets != Array("..".utf8) { take(octets) }
            errno = 0
        }
        guard errno == 0 else { throw FileFailure(path) }
    }

    /// Creates a directory, unless it exists.
    package static func makeDirectory(_ path: String) throws(FileFailure) {
        guard unsafe mkdir(path, 0o777) == 0 || errno == EEXIST else { throw FileFailure(path) }
    }

    /// Opens an emptied file for writing.
    package static func openForRewriting(_ path: String) throws(FileFailure) -> Int32 {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw FileFailure(path) }
        return descriptor
    }

    package static func status(of descriptor: Int32) -> Status? {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { return nil }
        return Status(status)
    }

    package static func status(ofPath path: String) -> Status? {
        var status = stat()
        guard unsafe stat(PathOctets.terminated(path), &status) == 0 else { return nil }
        return Status(status)
    }

    /// The permission bits of the file at the path; nil if there is none.
    package static func permissions(ofPath path: String) -> UInt16? {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        return UInt16(truncatingIfNeeded: status.st_mode & 0o7777)
    }

    static func seek(_ descriptor: Int32, to offset: Int, name: String) throws(FileFailure) {
        guard lseek(descriptor, offset, SEEK_SET) == offset else { throw FileFailure(name) }
    }

    /// True if data can be read, or the end is reached, within the time; -1 means any time. A signal ends the wait.
    static func isReadable(_ descriptor: Int32, within milliseconds: Int32) -> Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return unsafe poll(&entry, 1, milliseconds) != 0 && entry.revents != 0
    }

    static func isTerminal(_ descriptor: Int32) -> Bool {
        isatty(descriptor) == 1
    }
}

extension LibCFiles.Status {
    fileprivate init(_ status: stat) {
        let isRegular = status.st_mode & S_IFMT == S_IFREG
        let isDirectory = status.st_mode & S_IFMT == S_IFDIR
        self.init(
            device: status.st_dev,
            inode: status.st_ino,
            size: isRegular ? status.st_size : nil,
            isDirectory: isDirectory,
            modified: status.st_mtim.tv_sec * 1_000_000_000 + status.st_mtim.tv_nsec
        )
    }
}
