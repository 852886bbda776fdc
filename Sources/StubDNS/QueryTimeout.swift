/// How long to wait for one server.
struct QueryTimeout {
    /// The time after which a server counts as silent for this question.
    let timeout: Duration
    let tries: Int

    /// - Parameters: any values; they are limited to 10 ms and 1 try at least, and 1 hour and 10 tries at most.
    init(timeout: Duration, tries: Int) {
        self.timeout = min(max(timeout, .milliseconds(10)), .seconds(3600))
        self.tries = min(max(tries, 1), 10)
    }

    /// In milliseconds.
    var whole: Int32 {
        Int32(timeout / .milliseconds(1))
    }

    /// For the first try, in milliseconds. c-ares doubles it with each: with 2 tries in 3 s, one is sent at once and
    /// one after 1 s, for which it waits 2 s.
    var firstTry: Int32 {
        max(whole / (1 << Int32(tries) - 1), 1)
    }
}
