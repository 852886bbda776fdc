/// One key of the configuration: how its value is read and shown, whatever the source.
package struct Setting: Sendable {
    /// The key as in the file, levels joined by a dot: `dns.timeout`.
    package let key: String
    package let isList: Bool
    /// True for a list that may also be written as keys with values, which are read as `KEY=VALUE`.
    var isMap = false
    /// What it does, as a sentence for help and manual.
    package let help: String
    /// Which commands need it.
    package let concern: Concern
    /// The name of a value in help: `<duration>`.
    package let valueName: String
    /// What a value looks like: `a duration such as 20s, 500ms or 2m`.
    package let valueDescription: String
    /// Reads the text of the value, or of each element, into the configuration; returns a mistake for every text that
    /// is wrong.
    package let read: @Sendable ([String], inout ServiceConfiguration) -> [Mistake]
    /// The value in force, as text that `read` takes; empty if there is none.
    let show: @Sendable (ServiceConfiguration) -> [String]

    package enum Concern: Sendable {
        /// Every command that examines messages.
        case judgement
        /// Only the running filter.
        case filter
    }

    /// The default; empty if there is none.
    package var builtIn: [String] { show(Self.defaults) }

    /// Made once: the help of each flag shows one of its values.
    private static let defaults = ServiceConfiguration()

    /// What is wrong with a value and what to write instead.
    package struct Mistake: Error {
        package let text: String
        /// The index of the text that is wrong.
        package var index = 0
    }

    /// `AUTHRES_DNS_TIMEOUT`
    var environmentName: String {
        "AUTHRES_"
            + key.uppercased().map { $0 == "." || $0 == "-" ? "_" : String($0) }.joined()
    }

    /// `--dns-timeout`
    package var flag: String {
        "--" + key.map { $0 == "." ? "-" : String($0) }.joined()
    }

    /// A key with one value, which can be nil if by default there is none.
    static func scalar<Value: Sendable>(
        _ key: String,
        _ path: any WritableKeyPath<ServiceConfiguration, Value> & Sendable,
        _ form: ValueForm<Value>,
        _ help: String,
        concern: Concern = .judgement
    ) -> Setting {
        Setting(
            key: key,
            isList: false,
            help: help,
            concern: concern,
            valueName: form.name,
            valueDescription: form.description,
            read: { texts, configuration in
                guard let text = texts.first, texts.count == 1 else {
                    return [Mistake(text: "expected one value: \(form.description)")]
                }
                do throws(Mistake) {
                    configuration[keyPath: path] = try form.value(of: text)
                    return []
                } catch {
                    return [error]
                }
            },
            show: { form.show($0[keyPath: path]).map { [$0] } ?? [] }
        )
    }

    /// A key with any number of values.
    package static func list<Value: Sendable>(
        _ key: String,
        _ path: any WritableKeyPath<ServiceConfiguration, [Value]> & Sendable,
        _ form: ValueForm<Value>,
        _ help: String,
        concern: Concern = .judgement,
        isMap: Bool = false
    ) -> Setting {
        Setting(
            key: key,
            isList: true,
            isMap: isMap,
            help: help,
            concern: concern,
            valueName: form.name,
            valueDescription: form.description,
            read: { texts, configuration in
                var values: [Value] = []
                var mistakes: [Mistake] = []
                for (index, text) in texts.enumerated() {
                    do throws(Mistake) {
                        values.append(try form.value(of: text))
                    } catch {
                        mistakes.append(Mistake(text: error.text, index: index))
                    }
                }
                configuration[keyPath: path] = values
                return mistakes
            },
            show: { $0[keyPath: path].compactMap(form.show) }
        )
    }
}
