import Testing

/// Every line of the protocol: what an MTA may say and when, and what it is answered.
struct SessionTests {
    @Test(
        arguments: Conversations.all + Conversations.ofPostfix + Conversations.afterOffers + Conversations.withReplies
            + Conversations.failures + Conversations.broken
    )
    func `a conversation goes as written`(_ transcript: Transcript) throws {
        var player = TranscriptPlayer()
        try player.play(transcript)
    }
}
