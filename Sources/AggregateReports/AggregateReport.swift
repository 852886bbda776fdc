internal import Crypto

/// One report to a domain about its mail in a period (RFC 9990).
package struct AggregateReport: Hashable, Sendable, Codable {
    /// The reporting organization.
    package struct Reporter: Hashable, Sendable, Codable {
        package let organization: String
        /// Where questions about the report go.
        package let email: String
        package let extraContact: String?
        /// The domain of the receiver, in the subject and in the name of the file.
        package let submitter: String

        package init(organization: String, email: String, extraContact: String? = nil, submitter: String) {
            self.organization = organization
            self.email = email
            self.extraContact = extraContact
            self.submitter = submitter
        }
    }

    package struct Record: Hashable, Sendable, Codable {
        package let row: ReportRow
        package let count: Int

        package init(_ row: ReportRow, count: Int) {
            self.row = row
            self.count = count
        }
    }

    package let reporter: Reporter
    package let policy: PublishedPolicy
    package let period: ReportPeriod
    package let records: [Record]
    /// The number of the report among those on the same policy and period, from 1: messages that came to light after
    /// one was made are reported in another.
    package let part: Int
    /// Messages that are not listed, because there were too many kinds of them.
    package let dropped: Int

    package init(
        _ reporter: Reporter,
        _ policy: PublishedPolicy,
        _ period: ReportPeriod,
        _ records: [Record],
        part: Int = 1,
        dropped: Int = 0
    ) {
        self.reporter = reporter
        self.policy = policy
        self.period = period
        self.records = records
        self.part = part
        self.dropped = dropped
    }

    /// Letters and digits, the same for the same receiver, policy and period: a report that is made again keeps it,
    /// and one that continues where it ended has another.
    package var uniqueID: String {
        let text = [
            reporter.submitter, policy.domain, policy.policy, policy.subdomainPolicy ?? "",
            policy.nonexistentPolicy ?? "", policy.dkimAlignment, policy.spfAlignment, policy.isTesting ? "y" : "n",
            policy.failureOptions ?? "", String(period.begin), String(period.end),
            String(part),
        ].joined(separator: "\n")
        let digits = Array("0123456789abcdef")
        return SHA256.hash(data: Array(text.utf8)).prefix(12).reduce(into: "") { text, octet in
            text.append(digits[Int(octet >> 4)])
            text.append(digits[Int(octet & 15)])
        }
    }

    /// ```
    /// ridtxt = dot-atom-text ["@" dot-atom-text]
    /// ```
    package var id: String { "\(uniqueID)@\(reporter.submitter)" }

    /// ```
    /// filename = receiver "!" policy-domain "!" begin-timestamp "!" end-timestamp [ "!" unique-id ] "." extension
    /// ```
    package var fileName: String {
        "\(reporter.submitter)!\(policy.domain)!\(period.begin)!\(period.lastSecond)!\(uniqueID).xml.gz"
    }

    /// ```
    /// "Report" 1*FWS "Domain:" 1*FWS domain 1*FWS "Submitter:" 1*FWS domain 1*FWS "Report-ID:" 1*FWS "<" id ">"
    /// ```
    package var subject: String {
        "Report Domain: \(policy.domain) Submitter: \(reporter.submitter) Report-ID: <\(id)>"
    }

    /// The sum over all records.
    package var messages: Int { records.reduce(0) { $0 + $1.count } }

    /// The document, in the namespace of RFC 9990.
    package var xml: String {
        var xml = ReportXML()
        xml.element("feedback", attributes: " xmlns=\"urn:ietf:params:xml:ns:dmarc-2.0\"") { xml in
            xml.element("version", "1.0")
            xml.element("report_metadata") { xml in
                xml.element("org_name", reporter.organization)
                xml.element("email", reporter.email)
                xml.element("extra_contact_info", reporter.extraContact)
                xml.element("report_id", id)
                xml.element("date_range") { xml in
                    xml.element("begin", String(period.begin))
                    xml.element("end", String(period.lastSecond))
                }
                if dropped > 0 {
                    xml.element("error", "\(dropped) more messages are not listed: too many kinds of them")
                }
                xml.element("generator", "authres")
            }
            xml.element("policy_published") { xml in
                xml.element("domain", policy.domain)
                xml.element("p", policy.policy)
                xml.element("sp", policy.subdomainPolicy)
                xml.element("np", policy.nonexistentPolicy)
                xml.element("adkim", policy.dkimAlignment)
                xml.element("aspf", policy.spfAlignment)
                xml.element("discovery_method", "treewalk")
                xml.element("fo", policy.failureOptions)
                xml.element("testing", policy.isTesting ? "y" : "n")
            }
            for record in records { xml.record(record) }
        }
        return xml.text
    }
}

extension ReportXML {
    fileprivate mutating func record(_ record: AggregateReport.Record) {
        let row = record.row
        element("record") { xml in
            xml.element("row") { xml in
                xml.element("source_ip", row.sourceIP)
                xml.element("count", String(record.count))
                xml.element("policy_evaluated") { xml in
                    xml.element("disposition", row.disposition.rawValue)
                    xml.element("dkim", row.dkimAligned ? "pass" : "fail")
                    xml.element("spf", row.spfAligned ? "pass" : "fail")
                    for reason in row.reasons {
                        xml.element("reason") { xml in
                            xml.element("type", reason.kind.rawValue)
                            xml.element("comment", reason.comment)
                        }
                    }
                }
            }
            xml.element("identifiers") { xml in
                xml.element("header_from", row.headerFrom)
                xml.element("envelope_from", row.envelopeFrom)
            }
            xml.element("auth_results") { xml in
                for signature in row.signatures {
                    xml.element("dkim") { xml in
                        xml.element("domain", signature.domain)
                        xml.element("selector", signature.selector)
                        xml.element("result", signature.result)
                        xml.element("human_result", signature.humanResult)
                    }
                }
                if let spf = row.spf {
                    xml.element("spf") { xml in
                        xml.element("domain", spf.domain)
                        xml.element("scope", "mfrom")
                        xml.element("result", spf.result)
                        xml.element("human_result", spf.humanResult)
                    }
                }
            }
        }
    }
}
