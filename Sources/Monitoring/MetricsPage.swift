package import NIOHTTP1

/// What is answered to one request.
package struct MetricsPage: Sendable {
    let status: HTTPResponseStatus
    let contentType: String
    let body: String

    package init(_ status: HTTPResponseStatus = .ok, contentType: String, body: String) {
        self.status = status
        self.contentType = contentType
        self.body = body
    }
}
