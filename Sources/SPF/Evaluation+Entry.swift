internal import DNS

extension Evaluation {
    /// What the library may ask for by number.
    struct Entry {
        enum Matter {
            /// The record of the domain being checked.
            case root
            case directive(Directive)
            case redirect(MacroString)
            /// The target of an MX record, and how many leading bits of its addresses count.
            case exchange(Domain, prefixLength: Int)
        }

        let matter: Matter
        /// The number of the record that contains it.
        var record = 0

        /// True for a term that queries the DNS when its turn comes.
        var queries: Bool {
            switch matter {
            case .root, .exchange: return false
            case .redirect: return true
            case .directive(let directive):
                switch directive.mechanism {
                case .all, .ip4, .ip6: return false
                case .include, .a, .mx, .ptr, .exists: return true
                }
            }
        }
    }

    struct LoadedRecord {
        let domain: Domain
        /// The part of it that is relevant to the client.
        let record: SPFRecord
        /// The entry of the include that led here, also by way of redirects; nil if redirects alone did.
        let include: Int?
        /// The entries of its terms, in order.
        let keys: Range<Int>
    }
}
