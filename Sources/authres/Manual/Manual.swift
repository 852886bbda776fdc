import ArgumentParser
import CommandOptions
import Configuration

/// The pages that are installed, made from the help of the commands and the table of settings.
enum Manual: String, CaseIterable, ExpressibleByArgument {
    case program = "authres.1"
    case filter = "authres-milter.8"
    case configuration = "authres.yaml.5"

    func text() throws -> String {
        switch self {
        case .program: try Self.program()
        case .filter: try Self.filter()
        case .configuration: Self.configuration()
        }
    }

    private static let exitCodes = """
        0, 1 for findings, and those of sysexits.h: 64 usage, 65 data, 66 no input, 69 unavailable, 70 internal, 73 cannot \
        create, 75 temporary, 78 configuration.
        """

    private static func program() throws -> String {
        let manual = try CommandManual(Authres.self)
        var page = ManualPage("authres", section: 1, summary: "write and check Authentication-Results fields")
        page.heading("Synopsis")
        page.example("authres COMMAND [OPTION...] [FILE...]")
        page.heading("Description")
        page.paragraphs(manual.abstract ?? "")
        page.heading("Commands")
        for command in manual.subcommands ?? [] where command.shouldDisplay && command.commandName != "help" {
            page.subheading("authres " + command.commandName)
            command.write(to: &page)
        }
        page.heading("Exit status")
        page.paragraphs(exitCodes)
        page.heading("See also")
        page.paragraphs("authres-milter(8), authres.yaml(5), RFC 8601")
        return page.text
    }

    private static func filter() throws -> String {
        var page = ManualPage("authres-milter", section: 8, summary: "milter that authenticates mail for Postfix")
        page.heading("Synopsis")
        page.example("authres milter [OPTION...]")
        page.heading("Description")
        try CommandManual(MilterCommand.self).write(to: &page)
        describeOperation(on: &page)
        page.heading("Files")
        page.item(ConfigurationOptions<FilterScope>.defaultFile, "The configuration, see authres.yaml(5).")
        page.heading("Exit status")
        page.paragraphs(exitCodes)
        page.heading("See also")
        page.paragraphs("authres(1), authres.yaml(5), postconf(5): smtpd_milters, milter_default_action")
        return page.text
    }

    private static func configuration() -> String {
        var page = ManualPage("authres.yaml", section: 5, summary: "configuration of authres(1)")
        page.heading("Description")
        page.paragraphs(
            """
            A YAML file. Every key is optional; an unknown key is a mistake. A key a.b may be written as b below a. Each is \
            also a flag (dns.timeout: --dns-timeout) and an environment variable (AUTHRES_DNS_TIMEOUT); flags override \
            variables, and variables override the file.

            authres config --check lists all mistakes and warnings at once; authres config prints what is in force and \
            where each value came from. SIGHUP makes the filter read the file again; a file with mistakes changes nothing.
            """
        )
        page.heading("Keys")
        for setting in Setting.all {
            let builtIn = setting.isList ? "[\(setting.builtIn.joined(separator: ", "))]" : setting.builtIn.first
            let form = setting.isList ? "A list; an element is" : "The value is"
            page.item(
                setting.key,
                "\(setting.help) \(form) \(setting.valueDescription)."
                    + (builtIn.map { "\nDefault: \($0)" } ?? "\nNot set by default.")
            )
        }
        page.item(
            "policy.rules",
            "What is done with messages because of their verdicts: a list of rules; the first rule that matches decides."
        )
        describeRules(on: &page)
        page.heading("Files")
        page.item(ConfigurationOptions<FilterScope>.defaultFile, "Read unless --config names another file.")
        page.heading("See also")
        page.paragraphs("authres(1), authres-milter(8)")
        return page.text
    }
}
