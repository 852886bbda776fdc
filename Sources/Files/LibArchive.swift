internal import CArchive
internal import Glibc

/// libarchive: packed or compressed data, entry by entry, as a stream. It reads through an ``InputFile``; no pointer
/// leaves this file. Only those of its filters and formats that mail comes in are enabled, and none that runs a
/// program.
@safe package final class LibArchive {
    package struct Entry {
        /// Nil if the name cannot be read as text.
        package let path: String?
        package let isFile: Bool
        package let isEncrypted: Bool
    }

    /// Data that the library cannot read.
    package struct Damage: Error, CustomStringConvertible {
        package let description: String
    }

    private let handle: OpaquePointer
    private let source: Source
    /// Octets that were returned.
    private(set) var unpacked = 0

    /// Octets read at a time, as ``InputFile`` does.
    private static let pieceLength = 64 * 1024
    /// The file type of a regular file (AE_IFREG, a macro with a cast, which is not imported).
    private static let regularFile: UInt32 = 0o100000

    /// The source of the packed octets; the library keeps a pointer into the last piece.
    @safe private final class Source {
        let input: InputFile
        var failure: FileFailure?
        private var piece = unsafe UnsafeMutableBufferPointer<UInt8>(start: nil, count: 0)

        init(_ input: InputFile) {
            self.input = input
        }

        deinit { unsafe piece.deallocate() }

        /// The number of octets that follow, at the place `start` then points to; nil if they cannot be read.
        func next(_ start: UnsafeMutablePointer<UnsafeRawPointer?>) -> Int? {
            do {
                let octets = try input.next()
                if unsafe piece.count < octets.count {
                    unsafe piece.deallocate()
                    unsafe piece = .allocate(capacity: octets.count)
                }
                _ = unsafe piece.update(fromContentsOf: octets)
                unsafe start.pointee = UnsafeRawPointer(piece.baseAddress)
                return octets.count
            } catch {
                failure = error
                return nil
            }
        }
    }

    package init(_ input: InputFile) throws {
        source = Source(input)
        guard let handle = unsafe archive_read_new() else { throw FileFailure(input.name, code: ENOMEM) }
        unsafe self.handle = handle
        // A filter that the library was built without causes only a warning.
        unsafe archive_read_support_filter_gzip(handle)
        unsafe archive_read_support_filter_bzip2(handle)
        unsafe archive_read_support_filter_xz(handle)
        unsafe archive_read_support_filter_lzma(handle)
        unsafe archive_read_support_filter_zstd(handle)
        unsafe archive_read_support_format_tar(handle)
        unsafe archive_read_support_format_zip(handle)
        unsafe archive_read_support_format_7zip(handle)
        unsafe archive_read_support_format_empty(handle)
        unsafe archive_read_support_format_raw(handle)
        unsafe archive_read_set_callback_data(handle, Unmanaged.passUnretained(source).toOpaque())
        unsafe archive_read_set_read_callback(handle) { _, data, buffer in
            guard let data = unsafe data, let buffer = unsafe buffer,
                let count = unsafe Unmanaged<Source>.fromOpaque(data).takeUnretainedValue().next(buffer)
            else { return Int(ARCHIVE_FATAL) }
            return count
        }
        if input.status?.size != nil {
            unsafe archive_read_set_seek_callback(handle) { _, data, offset, whence in
                guard let data = unsafe data else { return Int64(ARCHIVE_FATAL) }
                let input = unsafe Unmanaged<Source>.fromOpaque(data).takeUnretainedValue().input
                return input.seek(to: Int(offset), from: whence).map(Int64.init) ?? Int64(ARCHIVE_FATAL)
            }
        }
        guard unsafe archive_read_open1(handle) >= ARCHIVE_WARN else { throw failure }
    }

    deinit { unsafe archive_read_free(handle) }

    /// True if the compressed data is one file, not packed with others.
    package var isSingle: Bool { unsafe archive_format(handle) == ARCHIVE_FORMAT_RAW }

    /// True if the unpacked data is empty.
    package var isEmpty: Bool { unsafe archive_format(handle) == ARCHIVE_FORMAT_EMPTY }

    /// Packed octets consumed.
    package var packed: Int { unsafe Int(archive_filter_bytes(handle, -1)) }

    /// The next entry, skipping the rest of the one before; nil at the end.
    package func next() throws -> Entry? {
        var entry: OpaquePointer?
        let status = unsafe archive_read_next_header(handle, &entry)
        if status == ARCHIVE_EOF { return nil }
        guard status >= ARCHIVE_WARN, let entry = unsafe entry else { throw failure }
        let name = unsafe archive_entry_pathname_utf8(entry) ?? archive_entry_pathname(entry)
        return Entry(
            path: unsafe name.map { unsafe String(cString: $0) },
            isFile: unsafe archive_entry_filetype(entry) == Self.regularFile,
            isEncrypted: unsafe archive_entry_is_encrypted(entry) != 0
        )
    }

    /// The next octets of the entry; empty at its end.
    package func read() throws -> [UInt8] {
        var count = 0
        let octets = unsafe [UInt8](unsafeUninitializedCapacity: Self.pieceLength) { buffer, filled in
            count = unsafe archive_read_data(handle, buffer.baseAddress, buffer.count)
            filled = max(count, 0)
        }
        guard count >= 0 else { throw failure }
        unpacked += octets.count
        return octets
    }

    /// The current error.
    private var failure: any Error {
        if let failure = source.failure { return failure }
        let text = unsafe archive_error_string(handle).map { unsafe String(cString: $0) }
        return Damage(description: "\(source.input.name): cannot be unpacked: \(text ?? "it is damaged")")
    }
}
