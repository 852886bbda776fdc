/// Families of figures as Prometheus reads them: its text format, version 0.0.4.
package struct Exposition: Hashable, Sendable {
    package var families: [MetricFamily]

    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    package init(_ families: [MetricFamily]) {
        self.families = families
    }

    package var text: String {
        families.reduce(into: "") { text, family in
            text += "# HELP \(family.name) \(Self.escaped(family.help, quotes: false))\n"
            text += "# TYPE \(family.name) \(family.kind.rawValue)\n"
            for sample in family.samples {
                let labels = sample.labels.map { "\($0.name)=\"\(Self.escaped($0.value, quotes: true))\"" }
                text += family.name + sample.suffix
                if !labels.isEmpty { text += "{" + labels.joined(separator: ",") + "}" }
                text += " " + Self.text(of: sample.value) + "\n"
            }
        }
    }

    /// A whole number without a fraction.
    static func text(of value: Double) -> String {
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        if value.isNaN { return "NaN" }
        return Int(exactly: value).map(String.init) ?? "\(value)"
    }

    private static func escaped(_ text: String, quotes: Bool) -> String {
        text.reduce(into: "") { result, character in
            switch character {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\"" where quotes: result += "\\\""
            default: result.append(character)
            }
        }
    }
}

extension Exposition {
    /// The samples of that name, suffix included, that have all of these labels.
    package func samples(_ name: String, _ labels: [MetricFamily.Label] = []) -> [MetricFamily.Sample] {
        families.lazy.filter { name.hasPrefix($0.name) }.flatMap { family in
            family.samples.filter { sample in
                family.name + sample.suffix == name && labels.allSatisfy(sample.labels.contains)
            }
        }
    }

    /// The sum of those samples; 0 if there are none.
    package func sum(_ name: String, _ labels: [MetricFamily.Label] = []) -> Double {
        samples(name, labels).reduce(0) { $0 + $1.value }
    }
}
