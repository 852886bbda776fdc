package import DNS

/// Lines of configuration with which a real server announces our authserv-id.
///
/// The id goes into three grammars on the wire and three of configuration files; a host name is safe in all of them.
package struct ServerFragment: Hashable, Sendable {
    /// The servers that can announce by configuration alone, or with a script that authres provides.
    package enum Server: String, Hashable, Sendable, CaseIterable {
        case dovecot, nginx, haproxy
    }

    /// A port to listen on, and the port of the server behind it on this host.
    package struct Ports: Hashable, Sendable {
        package let front: UInt16
        package let back: UInt16

        package init(front: UInt16, back: UInt16) {
            self.front = front
            self.back = back
        }

        /// Reads `FRONT:BACK`.
        package init?(_ text: String) {
            let parts = text.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count == 2, let front = UInt16(parts[0]), let back = UInt16(parts[1]), front > 0, back > 0
            else {
                return nil
            }
            self.init(front: front, back: back)
        }
    }

    package var id: Domain
    package var smtp: Ports?
    package var imap: Ports?
    package var pop3: Ports?
    /// Where nginx answers its own question to which server a client is sent.
    package var routePort: UInt16 = 10080
    package var certificate: String?
    package var key: String?
    /// Where `samples/haproxy/authserv.lua` is installed.
    package var script = "/etc/haproxy/authserv.lua"

    package init(id: Domain) {
        self.id = id
    }

    package func text(for server: Server) -> String {
        switch server {
        case .dovecot: dovecot
        case .nginx: nginx
        case .haproxy: haproxy
        }
    }

    private var dovecot: String {
        """
        # Dovecot 2.3, IMAP: announces that forged Authentication-Results fields are removed and, after login, for which
        # name. Put it in conf.d/05-authserv.conf: the block must come before every other userdb. Dovecot has no such
        # setting for POP3 or submission.

        # Before login; the + adds to the list. Without it, the list would be replaced.
        imap_capability = +AUTHSERV

        # After login: a field that each user gets. It finds no user by itself, and the following userdbs work as before.
        # A tenant with another name has its own field userdb_imap_capability (or imap_capability) in its userdb:
        # +AUTHSERV=mx.tenant.example
        userdb {
          driver = static
          args = allow_all_users=yes
          default_fields = imap_capability=+AUTHSERV=\(id)
          result_success = continue
        }

        """
    }

    private var nginx: String {
        let smtp = smtp ?? Ports(front: 587, back: 11587)
        let imap = imap ?? Ports(front: 143, back: 10143)
        let pop3 = pop3 ?? Ports(front: 110, back: 10110)
        let certificate = certificate ?? "/etc/nginx/\(id).pem"
        let key = key ?? "/etc/nginx/\(id).key"
        return """
            # nginx (Debian: nginx, libnginx-mod-mail) before a submission, IMAP and POP3 server on this host: announces that
            # forged Authentication-Results fields are removed. IMAP and POP3 name the id only after login, which is when the
            # server behind it answers: Dovecot names it (authres announce --for dovecot), POP3 servers do not.
            # The file belongs beside the http block of nginx.conf, as /etc/nginx/modules-enabled/90-authserv.conf; if there is
            # an http block already, put the content of the one below into it.
            # Not for port 25: nginx would end TLS, and neither MTA nor filter would know about it.

            http {
                # Where a client is sent; the server behind nginx checks the password.
                map $http_auth_protocol $authserv_port { default ""; smtp \(smtp.back); imap \(imap.back); pop3 \(pop3.back); }
                server {
                    listen 127.0.0.1:\(routePort);
                    access_log off;
                    location = /authserv {
                        add_header Auth-Status OK;
                        add_header Auth-Server 127.0.0.1;
                        add_header Auth-Port $authserv_port;
                        return 204;
                    }
                }
            }

            mail {
                server_name \(id);
                auth_http 127.0.0.1:\(routePort)/authserv;
                ssl_certificate \(certificate);
                ssl_certificate_key \(key);
                starttls only;  # no password in clear
                # The list of the server behind nginx, and our keyword, in the form of RFC 5321 and in that of the draft.
                smtp_capabilities "SIZE 10240000" 8BITMIME DSN SMTPUTF8 ENHANCEDSTATUSCODES "AUTHSERV \(id)" AUTHSERV=\(id);
                imap_capabilities IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE LITERAL+ AUTHSERV;
                pop3_capabilities TOP UIDL RESP-CODES PIPELINING AUTH-RESP-CODE USER AUTHSERV;
                server { listen \(smtp.front); protocol smtp; smtp_auth plain login; proxy_smtp_auth on; xclient off; }
                server { listen \(imap.front); protocol imap; }
                server { listen \(pop3.front); protocol pop3; }
            }

            """
    }

    private var haproxy: String {
        let smtp = smtp ?? Ports(front: 465, back: 10465)
        let pop3 = pop3 ?? Ports(front: 995, back: 10995)
        let certificate = certificate ?? "/etc/haproxy/\(id).pem"
        return """
            # HAProxy 2.5 or later with Lua, before a submission and a POP3 server on this host: announces that forged
            # Authentication-Results fields are removed, and for which name; POP3 after login too. TLS from the first octet.
            # authserv.lua is samples/haproxy/authserv.lua; \(certificate) has certificate and key.
            # The servers behind learn the client's address by the PROXY protocol. Postfix: smtpd_upstream_proxy_protocol=haproxy
            # on a separate service at port \(smtp.back). Dovecot: inet_listener { port = \(pop3.back), haproxy = yes } in service
            # pop3-login, and haproxy_trusted_networks = 127.0.0.1.

            global
                lua-load \(script)

            frontend authserv-smtp
                mode tcp
                bind :\(smtp.front) ssl crt \(certificate)
                timeout client 10m
                filter lua.authserv-smtp \(id)
                default_backend authserv-smtp

            backend authserv-smtp
                mode tcp
                timeout connect 10s
                timeout server 10m
                server local 127.0.0.1:\(smtp.back) send-proxy-v2

            frontend authserv-pop3
                mode tcp
                bind :\(pop3.front) ssl crt \(certificate)
                timeout client 10m
                filter lua.authserv-pop3 \(id)
                default_backend authserv-pop3

            backend authserv-pop3
                mode tcp
                timeout connect 10s
                timeout server 10m
                server local 127.0.0.1:\(pop3.back) send-proxy-v2

            """
    }
}
