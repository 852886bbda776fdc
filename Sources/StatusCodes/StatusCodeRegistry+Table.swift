extension StatusCodeRegistry {
    /// Every enumerated status code, by subject and detail.
    package static let codes = read(table)

    /// Two lines per code: its name and its sample text; basic codes, reference, and when it is used. For basic
    /// codes, `-` means that none are given, and `...` means that other failures are allowed.
    private static let table = """
        X.0.0 | Other undefined Status
            any | RFC 3463, 3.1 | Nothing more exact is known or may be disclosed.
        X.1.0 | Other address status
            - | RFC 3463, 3.2 | Something about the address caused this.
        X.1.1 | Bad destination mailbox address
            451, 550 | RFC 3463, 3.2 | There is no such mailbox at that domain.
        X.1.2 | Bad destination system address
            - | RFC 3463, 3.2 | The recipient's domain does not exist or takes no mail.
        X.1.3 | Bad destination mailbox address syntax
            501 | RFC 3463, 3.2 | The recipient's address is not valid.
        X.1.4 | Destination mailbox address ambiguous
            - | RFC 3463, 3.2 | The recipient's address matches several mailboxes.
        X.1.5 | Destination address valid
            250 | RFC 3463, 3.2 | The recipient's address is valid: a positive reply.
        X.1.6 | Destination mailbox has moved, No forwarding address
            - | RFC 3463, 3.2 | The address was valid once; mail to it is not forwarded.
        X.1.7 | Bad sender's mailbox address syntax
            - | RFC 3463, 3.2 | The sender's address is not valid.
        X.1.8 | Bad sender's system address
            451, 501 | RFC 3463, 3.2 | The sender's domain does not exist or takes no mail.
        X.1.9 | Message relayed to non-compliant mailer
            - | RFC 3886 | The mail went to a system that reports no delivery status.
        X.1.10 | Recipient address has null MX
            556 | RFC 7505; RFC 7504 | The recipient's domain says by a null MX that it takes no mail.
        X.2.0 | Other or undefined mailbox status
            - | RFC 3463, 3.3 | The mailbox exists; something about it caused this.
        X.2.1 | Mailbox disabled, not accepting messages
            - | RFC 3463, 3.3 | The mailbox exists but takes no mail.
        X.2.2 | Mailbox full
            552 | RFC 3463, 3.3 | The mailbox has reached its quota.
        X.2.3 | Message length exceeds administrative limit
            552 | RFC 3463, 3.3 | The message is longer than this mailbox takes.
        X.2.4 | Mailing list expansion problem
            450, 452 | RFC 3463, 3.3 | The mailbox is a list that could not be expanded.
        X.3.0 | Other or undefined mail system status
            221, 250, 421, 451, 550, 554 | RFC 3463, 3.4 | The destination system works; something about it caused this.
        X.3.1 | Mail system full
            452 | RFC 3463, 3.4 | The system has no room for mail.
        X.3.2 | System not accepting network messages
            453, 521 | RFC 3463, 3.4; RFC 7504 | The host takes no mail, now or ever.
        X.3.3 | System not capable of selected features
            - | RFC 3463, 3.4 | The message asks for features that the system does not have.
        X.3.4 | Message too big for system
            552, 554 | RFC 3463, 3.4 | The message is larger than the system takes.
        X.3.5 | System incorrectly configured
            - | RFC 3463, 3.4 | The system's configuration lets it take no such mail.
        X.3.6 | Requested priority was changed
            250, 251 | RFC 6710 | The message was accepted, with another priority than it asked for.
        X.4.0 | Other or undefined network or routing status
            - | RFC 3463, 3.5 | Something about the network caused this.
        X.4.1 | No answer from host
            451 | RFC 3463, 3.5 | The remote host did not answer.
        X.4.2 | Bad connection
            421 | RFC 3463, 3.5 | The connection was made, but broke.
        X.4.3 | Directory server failure
            451, 550 | RFC 3463, 3.5 | A directory that is needed, the DNS for one, could not be reached.
        X.4.4 | Unable to route
            - | RFC 3463, 3.5 | No next hop for the message could be found.
        X.4.5 | Mail system congestion
            451 | RFC 3463, 3.5 | The system is too busy to take the message.
        X.4.6 | Routing loop detected
            - | RFC 3463, 3.5 | The message has passed too many hosts.
        X.4.7 | Delivery time expired
            - | RFC 3463, 3.5 | The message is too old to be tried again.
        X.5.0 | Other or undefined protocol status
            220,250,251,252,253,451,452,454,458,459,501,502,503,554 | RFC 3463, 3.6 | The protocol caused this.
        X.5.1 | Invalid command
            430, 500, 501, 503, 530, 550, 554, 555 | RFC 3463, 3.6 | The command is unknown, or out of order.
        X.5.2 | Syntax error
            500, 501, 502, 550, 555 | RFC 3463, 3.6 | The command could not be understood.
        X.5.3 | Too many recipients
            451 | RFC 3463, 3.6 | The message has more recipients than the server takes.
        X.5.4 | Invalid command arguments
            451, 501, 502, 503, 504, 550, 555 | RFC 3463, 3.6 | The command is valid, its arguments are not.
        X.5.5 | Wrong protocol version
            - | RFC 3463, 3.6 | Client and server share no version of the protocol.
        X.5.6 | Authentication Exchange line is too long
            500 | RFC 4954, 6 | A line of the AUTH exchange is longer than the server takes.
        X.6.0 | Other or undefined media error
            - | RFC 3463, 3.7 | Something about the content caused this.
        X.6.1 | Media not supported
            - | RFC 3463, 3.7 | The content is of a kind that is not taken.
        X.6.2 | Conversion required and prohibited
            - | RFC 3463, 3.7 | The content would have to be converted, which is not allowed.
        X.6.3 | Conversion required but not supported
            554 | RFC 3463, 3.7 | The content would have to be converted, which is not possible.
        X.6.4 | Conversion with loss performed
            250 | RFC 3463, 3.7 | The content was converted, and some of it was lost.
        X.6.5 | Conversion Failed
            - | RFC 3463, 3.7 | The conversion of the content failed.
        X.6.6 | Message content not available
            554 | RFC 4468 | The content that was to be fetched is not there.
        X.6.7 | Non-ASCII addresses not permitted for that sender/recipient
            550, 553 | RFC 6531 | An address outside ASCII is not taken here.
        X.6.8 | UTF-8 string reply is required, but not permitted by the SMTP client
            252, 550, 553 | RFC 6531 | The reply needs UTF-8, which the client did not allow.
        X.6.9 | UTF-8 header message cannot be transferred to one or more recipients, so the message must be rejected
            550 | RFC 6531 | A header in UTF-8 cannot be delivered to a recipient.
        X.6.10 | (deprecated)
            - | RFC 6531 | Was registered by mistake, as a copy of X.6.8; not to be used.
        X.7.0 | Other or undefined security status
            220, 235, 450, 454, 500, 501, 503, 504, 530, 535, 550 | RFC 3463, 3.8 | Security caused this.
        X.7.1 | Delivery not authorized, message refused
            451, 454, 502, 503, 533, 550, 551 | RFC 3463, 3.8 | Not allowed by the site's own policy.
        X.7.2 | Mailing list expansion prohibited
            550 | RFC 3463, 3.8 | The sender may not send to this list.
        X.7.3 | Security conversion required but not possible
            - | RFC 3463, 3.8 | One protection would have to be turned into another, which is not possible.
        X.7.4 | Security features not supported
            504 | RFC 3463, 3.8 | The message needs protection that the system does not have.
        X.7.5 | Cryptographic failure
            - | RFC 3463, 3.8; RFC 6376, 6.3 | Something could not be verified or decrypted: a key is missing.
        X.7.6 | Cryptographic algorithm not supported
            - | RFC 3463, 3.8 | The algorithm is not supported here.
        X.7.7 | Message integrity failure
            - | RFC 3463, 3.8 | The message was changed on its way.
        X.7.8 | Authentication credentials invalid
            535, 554 | RFC 4954, 6 | AUTH failed: the credentials are wrong.
        X.7.9 | Authentication mechanism is too weak
            534 | RFC 4954, 6 | The chosen AUTH mechanism is too weak for this user.
        X.7.10 | Encryption Needed
            523 | RFC 5248 | The connection must be encrypted before the mechanism can be used.
        X.7.11 | Encryption required for requested authentication mechanism
            524, 538 | RFC 4954, 6 | The AUTH mechanism is offered only when the connection is encrypted.
        X.7.12 | A password transition is needed
            422, 432 | RFC 4954, 6 | The user must authenticate once by PLAIN, so that the account can be moved.
        X.7.13 | User Account Disabled
            525 | RFC 5248 | The account was disabled, by its owner or for a violation.
        X.7.14 | Trust relationship required
            535, 554 | RFC 5248 | The server needs a trust relationship with a third party first.
        X.7.15 | Priority Level is too low
            450, 550, ... | RFC 6710 | The priority asked for is lower than what is taken now.
        X.7.16 | Message is too big for the specified priority
            552, ... | RFC 6710 | The message is larger than its priority allows now.
        X.7.17 | Mailbox owner has changed
            5XX | RFC 7293 | The mailbox has another owner since the time that the sender named.
        X.7.18 | Domain owner has changed
            5XX | RFC 7293 | The domain has another owner since the time that the sender named.
        X.7.19 | RRVS test cannot be completed
            5XX | RFC 7293 | Whether the owner has changed cannot be found out.
        X.7.20 | No passing DKIM signature found
            550 | RFC 7372, 3.1; RFC 6376, 6.1 | No DKIM signature of the message passes.
        X.7.21 | No acceptable DKIM signature found
            550 | RFC 7372, 3.1; RFC 6376, 6.1 | DKIM signatures pass, but none that this site accepts.
        X.7.22 | No valid author-matched DKIM signature found
            550 | RFC 7372, 3.1; RFC 6376, 6.1 | DKIM signatures pass, but none of the author's domain.
        X.7.23 | SPF validation failed
            550 | RFC 7372, 3.2; RFC 7208, 8.4 | The client may not send for the domain: SPF says fail.
        X.7.24 | SPF validation error
            451, 550 | RFC 7372, 3.2; RFC 7208, 8.6 and 8.7 | SPF could not be evaluated: temperror or permerror.
        X.7.25 | Reverse DNS validation failed
            550 | RFC 7372, 3.3; RFC 8601, 3 | No name of the client's address points back to it.
        X.7.26 | Multiple authentication checks failed
            550 | RFC 7372, 3.4 and 4 | More than one check of who the message is from failed.
        X.7.27 | Sender address has null MX
            550 | RFC 7505 | The sender's domain says by a null MX that no answer can reach it.
        X.7.28 | Mail flood detected
            - | draft-levine-mailbomb-header-00 | Too much mail to one mailbox in a short time.
        X.7.29 | ARC validation failure
            550 | RFC 8617 | The ARC chain of the message does not verify.
        X.7.30 | REQUIRETLS support required
            550 | RFC 8689 | The message asks for REQUIRETLS, which the next server does not have.
        """
}
