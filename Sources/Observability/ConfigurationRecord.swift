internal import Foundation
internal import Metrics
internal import Synchronization

/// When the configuration in force was read, and whether the last one that was read is in force.
package final class ConfigurationRecord: Sendable {
    package struct Reading: Sendable {
        package fileprivate(set) var wasTaken = true
        /// Seconds since 1970.
        package fileprivate(set) var inForceSince: Int = .now
    }

    private let reading = Mutex(Reading())

    package var last: Reading { reading.withLock { $0 } }

    package func take() {
        reading.withLock { $0 = Reading() }
    }

    package func refuse() {
        reading.withLock { $0.wasTaken = false }
    }

    var families: [MetricFamily] {
        let last = last
        return [
            .gauge(
                "authres_config_reload_success",
                "1 if the configuration that was read last is in force, 0 if it was refused.",
                last.wasTaken ? 1 : 0
            ),
            .gauge(
                "authres_config_reload_timestamp_seconds",
                "When the configuration in force was read, in seconds since 1970.",
                Double(last.inForceSince)
            ),
        ]
    }
}

extension Int {
    /// Seconds since 1970.
    fileprivate static var now: Int { Int(Date().timeIntervalSince1970) }
}
