package import Metrics

/// The figures of a filter, for people.
package struct StatusTable {
    private let figures: Exposition
    private let now: Double

    /// - Parameter now: seconds since 1970.
    package init(_ figures: Exposition, now: Double) {
        self.figures = figures
        self.now = now
    }

    package var text: String {
        let parts = [
            ("configuration", configuration), ("name servers", nameServers), ("connections", connections),
            ("messages", messages), ("removed fields", counts("authres_removed_fields_total", by: "reason")),
            ("limits met", counts("authres_limit_exceeded_total", by: "limit")), ("policy", policy),
            ("wait after body", quantiles("authres_after_body_seconds")),
            ("DNS questions", counts("authres_dns_questions_total", by: "outcome")),
            ("DNS answer time", quantiles("authres_dns_seconds")), ("process", process),
        ]
        let lines = parts.filter { !$0.1.isEmpty }.map { Self.padded($0.0, to: 17) + $0.1 }
        return ([title] + lines + ["", results]).joined(separator: "\n") + "\n"
    }

    // MARK: Lines

    private var title: String {
        let build = figures.samples("authres_build_info").first?.labels ?? []
        let words = ["version", "commit"].compactMap { name in build.first { $0.name == name }?.value }
        return "authres \(words.joined(separator: ", commit ")), running for \(age("authres_start_time_seconds"))"
    }

    private var configuration: String {
        let isRefused = figures.sum("authres_config_reload_success") == 0
        return "in force for \(age("authres_config_reload_timestamp_seconds"))"
            + (isRefused ? "; the one that was read last was REFUSED (authres config --check)" : "")
    }

    private var nameServers: String {
        figures.samples("authres_dns_servers_up").map { sample in
            "\(sample.labels.first?.value ?? "") \(sample.value == 0 ? "SILENT" : "answers")"
        }.joined(separator: ", ")
    }

    private var connections: String {
        let (open, limit) = (number("authres_connections"), number("authres_connections_limit"))
        let (all, refused) = (number("authres_connections_total"), number("authres_connections_refused_total"))
        return "\(open) open of \(limit) allowed; \(all) so far, \(refused) refused, "
            + "\(number("authres_protocol_errors_total")) broken off"
    }

    private var messages: String {
        func count(_ outcome: String) -> String {
            Self.grouped(figures.sum("authres_messages_total", [MetricFamily.Label("outcome", outcome)]))
        }
        return """
            \(count("checked")) checked, \(count("trusted_relay")) of trusted relays, \(count("tempfail")) deferred, \
            \(count("aborted")) given up by the client; \(number("authres_messages_in_flight")) under way
            """
    }

    private var policy: String {
        let live = counts("authres_policy_actions_total", by: "action", [MetricFamily.Label("dry_run", "0")])
        let dry = counts("authres_policy_actions_total", by: "action", [MetricFamily.Label("dry_run", "1")])
        return [live, dry.isEmpty ? "" : "in a dry run: \(dry)"].filter { !$0.isEmpty }.joined(separator: "; ")
    }

    private var process: String {
        let memory = figures.sum("process_resident_memory_bytes") / 1_048_576
        let seconds = figures.sum("process_cpu_seconds_total")
        let (open, limit) = (number("process_open_fds"), number("process_max_fds"))
        return
            "\(Int(memory.rounded())) MiB resident, \(Int(seconds.rounded())) s of CPU, \(open) descriptors of \(limit)"
    }

    /// A line for each method, a column for each result.
    private var results: String {
        let samples = figures.samples("authres_results_total")
        func words(_ name: String) -> [String] {
            var found: [String] = []
            for label in samples.flatMap(\.labels) where label.name == name && !found.contains(label.value) {
                found.append(label.value)
            }
            return found
        }
        let order = ["pass", "fail", "softfail", "neutral", "policy", "none", "temperror", "permerror"]
        let columns = order.filter(words("result").contains)
        let rows = words("method").map { method in
            Self.padded(method, to: 6)
                + columns.map { result in
                    let own = figures.samples(
                        "authres_results_total",
                        [MetricFamily.Label("method", method), MetricFamily.Label("result", result)]
                    )
                    return Self.padded(own.first.map { Self.grouped($0.value) } ?? "-", to: -11)
                }.joined()
        }
        let head = Self.padded("", to: 6) + columns.map { Self.padded($0, to: -11) }.joined()
        return ([head] + rows).joined(separator: "\n")
    }

    // MARK: Figures

    private func number(_ name: String) -> String { Self.grouped(figures.sum(name)) }

    /// `own_id 12, unreadable 3`: what is not zero.
    private func counts(_ name: String, by label: String, _ labels: [MetricFamily.Label] = []) -> String {
        var sums: [(word: String, sum: Double)] = []
        for sample in figures.samples(name, labels) where sample.value > 0 {
            let word = sample.labels.first { $0.name == label }?.value ?? ""
            if let known = sums.firstIndex(where: { $0.word == word }) {
                sums[known].sum += sample.value
            } else {
                sums.append((word, sample.value))
            }
        }
        return sums.map { "\($0.word) \(Self.grouped($0.sum))" }.joined(separator: ", ")
    }

    /// By the bounds of the histogram: `half within 1 ms, 95 % within 5 ms, 99 % within 10 ms`
    private func quantiles(_ name: String) -> String {
        let buckets = figures.samples(name + "_bucket")
        guard let count = buckets.last?.value, count > 0 else { return "" }
        return [("half", 0.5), ("95 %", 0.95), ("99 %", 0.99)].map { word, share in
            let bucket = buckets.first { $0.value >= count * share }
            let bound = bucket?.labels.first { $0.name == "le" }.flatMap { Double($0.value) } ?? .infinity
            return "\(word) within \(Self.time(bound))"
        }.joined(separator: ", ")
    }

    private static func time(_ seconds: Double) -> String {
        if seconds >= 1 { return seconds.isFinite ? "\(text(seconds)) s" : "a longer time" }
        return seconds >= 0.001 ? "\(text(seconds * 1000)) ms" : "\(text(seconds * 1_000_000)) us"
    }

    /// To the tenth, without a zero there.
    private static func text(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
    }

    /// How long ago that was: `3 h 12 min`
    private func age(_ name: String) -> String {
        let seconds = max(Int(now - figures.sum(name)), 0)
        let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400)
        if days > 0 { return "\(days) d \(hours % 24) h" }
        if hours > 0 { return "\(hours) h \(minutes % 60) min" }
        return minutes > 0 ? "\(minutes) min" : "\(seconds) s"
    }

    /// `12,345`
    private static func grouped(_ value: Double) -> String {
        var digits = Array(String(Int(value.rounded())))
        var place = digits.count - 3
        while place > 0 {
            digits.insert(",", at: place)
            place -= 3
        }
        return String(digits)
    }

    /// At the left, or for a negative width at the right of it.
    private static func padded(_ text: String, to width: Int) -> String {
        let fill = String(repeating: " ", count: max(abs(width) - text.count, 0))
        return width < 0 ? fill + text : text + fill
    }
}
