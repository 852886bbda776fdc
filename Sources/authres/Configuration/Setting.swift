/// One key of the configuration: how its value is read and shown, whatever the source.
struct Setting: Sendable {
    /// The key as in the file, levels joined by a dot: `dns.timeout`.
    let key: String
    let isList: Bool
    /// Reads the text of the value, or of each element, into the configuration.
    let read: @Sendable ([String], inout Configuration) throws(Mistake) -> Void
    /// The value in force, as text that `read` takes; empty if there is none.
    let show: @Sendable (Configuration) -> [String]

    /// What is wrong with a value and what to write instead.
    struct Mistake: Error {
        let text: String
    }

    /// `AUTHRES_DNS_TIMEOUT`
    var environmentName: String {
        "AUTHRES_"
            + key.uppercased().map { $0 == "." || $0 == "-" ? "_" : String($0) }.joined()
    }

    /// `--dns-timeout`
    var flag: String {
        "--" + key.map { $0 == "." ? "-" : String($0) }.joined()
    }

    /// A key with one value, which can be nil where the default is to have none.
    static func scalar<Value: Sendable>(
        _ key: String,
        _ path: any WritableKeyPath<Configuration, Value> & Sendable,
        _ form: ValueForm<Value>
    ) -> Setting {
        Setting(
            key: key,
            isList: false,
            read: { texts, configuration throws(Mistake) in
                guard let text = texts.first, texts.count == 1 else {
                    throw Mistake(text: "takes one value: \(form.description)")
                }
                configuration[keyPath: path] = try form.value(of: text)
            },
            show: { form.show($0[keyPath: path]).map { [$0] } ?? [] }
        )
    }

    /// A key with any number of values.
    static func list<Value: Sendable>(
        _ key: String,
        _ path: any WritableKeyPath<Configuration, [Value]> & Sendable,
        _ form: ValueForm<Value>
    ) -> Setting {
        Setting(
            key: key,
            isList: true,
            read: { texts, configuration throws(Mistake) in
                var values: [Value] = []
                for text in texts { values.append(try form.value(of: text)) }
                configuration[keyPath: path] = values
            },
            show: { $0[keyPath: path].compactMap(form.show) }
        )
    }
}
