internal import Foundation
package import Metrics

/// What the system knows of this process (proc(5)), under the names that Prometheus' own clients use.
package enum ProcessFigures {
    package static var families: [MetricFamily] {
        var families: [MetricFamily] = []
        if let pages = words(of: "/proc/self/statm").dropFirst().first {
            families.append(
                .gauge(
                    "process_resident_memory_bytes",
                    "Memory that is resident.",
                    Double(pages * LibCService.pageSize)
                )
            )
        }
        families.append(
            .counter("process_cpu_seconds_total", "Processor time, user and system.", LibCService.cpuSeconds)
        )
        if let open = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd") {
            // One of them reads the folder.
            families.append(.gauge("process_open_fds", "File descriptors that are open.", Double(open.count - 1)))
        }
        families.append(
            .gauge("process_max_fds", "File descriptors that may be open.", Double(LibCService.descriptorLimit))
        )
        return families
    }

    private static func words(of path: String) -> [Int] {
        guard let data = FileManager.default.contents(atPath: path) else { return [] }
        return String(decoding: data, as: UTF8.self).split { $0.isWhitespace }.compactMap { Int($0) }
    }
}
