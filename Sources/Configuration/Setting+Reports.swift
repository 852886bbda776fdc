internal import ReportStore

extension Setting {
    /// The keys of DMARC aggregate reports, all below `reports.`.
    static let ofReports: [Setting] = [
        .scalar(
            "reports.database",
            \.reports.database,
            ValueForm<String>.text.optional,
            "SQLite file with the counts for DMARC aggregate reports (RFC 9990); without it nothing is counted."
        ),
        .scalar(
            "reports.org-name",
            \.reports.organization,
            ValueForm<String>.text.optional,
            "Organization that reports (default: reports.submitter)."
        ),
        .scalar(
            "reports.email",
            \.reports.email,
            ValueForm<String>.mailAddress.optional,
            "Address that reports are sent from and that questions about them go to."
        ),
        .scalar(
            "reports.extra-contact-info",
            \.reports.extraContact,
            ValueForm<String>.text.optional,
            "More contact information in reports."
        ),
        .scalar(
            "reports.submitter",
            \.reports.submitter,
            ValueForm<String>.hostName.optional,
            "Domain that reports (default: that of reports.email)."
        ),
        .scalar("reports.send-by", \.reports.sendBy, .mailer, "How reports reach the local MTA."),
        .scalar(
            "reports.rows",
            \.reports.storeLimits.rows,
            .number(100...100_000_000),
            "Rows that are kept; messages that would add more are counted and dropped."
        ),
        .scalar(
            "reports.rows-per-policy",
            \.reports.storeLimits.rowsOfPolicy,
            .number(10...1_000_000),
            "Rows that are kept for one policy."
        ),
        .scalar("reports.keep-days", \.reports.days, .number(2...365), "Days for which rows are kept."),
        .scalar(
            "reports.reports-per-run",
            \.reports.reportsOfRun,
            .number(1...1_000_000),
            "Reports that one run makes."
        ),
        .scalar(
            "reports.reports-per-address",
            \.reports.sendLimits.reportsForAddress,
            .number(1...1_000_000),
            "Reports that one run sends to one address."
        ),
        .scalar(
            "reports.addresses",
            \.reports.sendLimits.destinations,
            .number(1...10),
            "Addresses that one report is sent to."
        ),
        .scalar(
            "reports.size",
            \.reports.sendLimits.messageOctets,
            .size(65536...100 * 1024 * 1024),
            "Maximum size of a report's message in octets."
        ),
    ]
}
