internal import AuthResults
internal import Octets

/// Findings about a result, from the registry.
extension FieldLinter {
    mutating func checkRegistry(_ read: ReadResult) {
        guard let method = Registry.method(read.method) else {
            report(
                .unregisteredMethod,
                at: read.offset,
                "\(read.method) is not a registered method; readers must ignore it (RFC 8601, 4.1)"
            )
            checkTypes(read)
            return
        }
        switch method.result(read.result) {
        case nil:
            report(
                .unregisteredResult,
                at: read.offset,
                "\(read.result) is not a registered result of \(method.name) (\(method.reference))",
                hint: "one of: " + method.results.map(\.name).joined(separator: ", ")
            )
        case let result? where method.status == .active && result.status == .deprecated:
            report(
                .deprecatedResult,
                at: read.offset,
                "the result \(result.name) of \(method.name) is deprecated",
                hint: result.name == "hardfail" ? "write fail" : nil
            )
        default: break
        }
        if method.status == .deprecated {
            report(.deprecatedMethod, at: read.offset, "\(method.name) is deprecated (\(method.reference))")
        }
        checkTypes(read)
        for (property, offset) in read.properties { check(property, of: method, at: offset) }
        let identities = read.properties.filter {
            $0.property.type == "smtp" && ["mailfrom", "helo"].contains($0.property.name)
        }
        if method.name == "spf", identities.count > 1 {
            report(
                .twoIdentities,
                at: identities[1].offset,
                "more than one identity; report only the one that gave the result (RFC 8601, 2.7.2)"
            )
        }
    }

    private mutating func checkTypes(_ read: ReadResult) {
        var seen: Set<[String]> = []
        for (property, offset) in read.properties {
            if !Registry.propertyTypes.contains(property.type) {
                report(
                    .unregisteredPropertyType,
                    at: offset,
                    "\(property.type) is not a registered type of property; readers must ignore it (RFC 8601, 4.1)",
                    hint: "one of: " + Registry.propertyTypes.joined(separator: ", ")
                )
            }
            if !seen.insert([property.type, property.name]).inserted {
                report(.duplicateProperty, at: offset, "\(property.type).\(property.name) twice in one result")
            }
        }
    }

    private mutating func check(_ property: Property, of method: Registry.Method, at offset: Int) {
        let name = "\(property.type).\(property.name)"
        guard let registered = method.property(property.type, property.name) else {
            // Names of type policy are defined by each site (RFC 8601, 2.4).
            guard Registry.propertyTypes.contains(property.type), property.type != "policy",
                property.type != method.openType
            else { return }
            let known = method.properties.map { "\($0.type).\($0.name)" }.joined(separator: ", ")
            report(
                .unregisteredProperty,
                at: offset,
                "\(name) is not a registered property of \(method.name)",
                hint: known.isEmpty ? nil : "one of: \(known), or policy.\(property.name)"
            )
            if method.name == "iprev", name == "smtp.remote-ip" { recognize("Exim writes it", at: offset) }
            return
        }
        let text = property.value.text
        switch registered.value {
        case .any: break
        case .domain: checkDomain(property.value, name, method.name, at: offset)
        case .oneOf(let words) where !words.contains(text.lowercased()):
            report(.propertyValue, at: offset, "\(name) must be one of: " + words.joined(separator: ", "))
        case .number where !text.utf8.allSatisfy(\.isDigit):
            report(.propertyValue, at: offset, "\(name) must be a number")
        case .signature where text.utf8.count < 8:
            report(
                .shortSignature,
                at: offset,
                "\(name) has fewer than eight characters of the signature (RFC 6008, 4)"
            )
        case .oneOf, .number, .signature: break
        }
    }

    private mutating func checkDomain(_ value: PropertyValue, _ name: String, _ method: String, at offset: Int) {
        switch value.form {
        case .mailbox(let localPart, let domain):
            let hint = "write \(name)=\(domain)"
            if method == "spf" {
                guard localPart != nil else { return }
                report(
                    .localPart,
                    at: offset,
                    "\(name) with a local-part, which SPF does not authenticate (RFC 8601, 2.7.2)",
                    hint: hint
                )
            } else {
                report(.domainExpected, at: offset, "\(name) must be a domain, not a mailbox", hint: hint)
            }
        case .value(let text):
            let isName = !text.isEmpty && text.utf8.allSatisfy { $0.isInternationalAtext || $0 == UInt8(ascii: ".") }
            if !isName { report(.domainExpected, at: offset, "\(name) must be a domain, and nothing else") }
        }
    }
}
