/// The credentials of a user; the user is in the URL.
package enum Credentials: Sendable {
    case none
    case password(String)
    /// A token for OAUTHBEARER or XOAUTH2 (RFC 7628).
    case bearer(String)
    /// The path of a file in the form of netrc(5), which also has the users of servers.
    case netrc(String)
}
