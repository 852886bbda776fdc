/* The floor of the benchmark: the least that a milter which verifies one DKIM signature can do. One epoll loop speaks
 * the protocol, hashes header and body with SHA-256, verifies one RSA-2048 signature with a key that it has parsed, and
 * inserts one field. It reads no grammar, strips nothing, asks nothing and promises nothing.
 *
 *     cc -O2 -o floor floor.c -lcrypto
 *     floor SOCKET KEY.pem
 */
#define _GNU_SOURCE
#include <errno.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { EVENTS = 64, FRAME_LIMIT = 1 << 17 };

struct connection {
    int socket;
    size_t length;
    EVP_MD_CTX *header, *body;
    uint8_t input[FRAME_LIMIT];
};

static EVP_PKEY *key;
static uint8_t digest[32], signature[512];
static size_t signature_length;

static void fail(const char *what) {
    perror(what);
    exit(1);
}

/* A signature over a fixed digest: verifying it costs what verifying a message's does. */
static void prepare(const char *path) {
    FILE *file = fopen(path, "r");
    if (!file) fail(path);
    key = PEM_read_PrivateKey(file, NULL, NULL, NULL);
    fclose(file);
    EVP_PKEY_CTX *context = key ? EVP_PKEY_CTX_new(key, NULL) : NULL;
    signature_length = sizeof signature;
    if (!context || EVP_PKEY_sign_init(context) != 1 || EVP_PKEY_CTX_set_signature_md(context, EVP_sha256()) != 1
        || EVP_PKEY_sign(context, signature, &signature_length, digest, sizeof digest) != 1) {
        fprintf(stderr, "%s: not a usable key\n", path);
        exit(1);
    }
    EVP_PKEY_CTX_free(context);
}

static int verifies(void) {
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key, NULL);
    int result = context && EVP_PKEY_verify_init(context) == 1
        && EVP_PKEY_CTX_set_signature_md(context, EVP_sha256()) == 1
        && EVP_PKEY_verify(context, signature, signature_length, digest, sizeof digest) == 1;
    EVP_PKEY_CTX_free(context);
    return result;
}

static void say(int socket, const void *octets, size_t length) {
    if (write(socket, octets, length) != (ssize_t) length) errno = 0; /* the client sees it in what is missing */
}

static void negotiate(int socket) {
    /* Version 6; add, change and insert fields; every step comes, without replies. */
    static const uint8_t answer[] = {0, 0, 0, 13, 'O', 0, 0, 0, 6, 0, 0, 0, 0x11, 0, 0x0F, 0xF0, 0x80};
    say(socket, answer, sizeof answer);
}

static void finish(struct connection *c) {
    uint8_t sum[EVP_MAX_MD_SIZE];
    EVP_DigestFinal_ex(c->header, sum, NULL);
    EVP_DigestFinal_ex(c->body, sum, NULL);
    static const char name[] = "Authentication-Results";
    const char *value = verifies() ? "mx.example.org; dkim=pass" : "mx.example.org; dkim=fail";
    uint8_t reply[128];
    size_t payload = 1 + 4 + sizeof name + strlen(value) + 1;
    memset(reply, 0, sizeof reply);
    reply[3] = (uint8_t) payload;
    reply[4] = 'i';
    memcpy(reply + 9, name, sizeof name);
    memcpy(reply + 9 + sizeof name, value, strlen(value) + 1);
    size_t end = 4 + payload;
    memcpy(reply + end, "\0\0\0\1c", 5);
    say(c->socket, reply, end + 5);
    EVP_DigestInit_ex(c->header, EVP_sha256(), NULL);
    EVP_DigestInit_ex(c->body, EVP_sha256(), NULL);
}

/* Works off the whole frames that have come; 0 if the connection is over. */
static int work(struct connection *c) {
    size_t at = 0;
    while (c->length - at >= 5) {
        const uint8_t *frame = c->input + at;
        size_t length = (size_t) frame[0] << 24 | frame[1] << 16 | frame[2] << 8 | frame[3];
        if (length == 0 || length > FRAME_LIMIT - 4) return 0;
        if (c->length - at < 4 + length) break;
        const uint8_t *data = frame + 5;
        switch (frame[4]) {
        case 'O': negotiate(c->socket); break;
        case 'L': EVP_DigestUpdate(c->header, data, length - 1); break;
        case 'B': EVP_DigestUpdate(c->body, data, length - 1); break;
        case 'E':
            EVP_DigestUpdate(c->body, data, length - 1);
            finish(c);
            break;
        case 'Q': return 0;
        default: break; /* what came of the envelope is of no interest */
        }
        at += 4 + length;
    }
    memmove(c->input, c->input + at, c->length - at);
    c->length -= at;
    return 1;
}

static void begin(int poll, int listener) {
    int socket = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
    if (socket < 0) return;
    struct connection *c = malloc(sizeof *c);
    if (!c) fail("malloc");
    c->socket = socket;
    c->length = 0;
    c->header = EVP_MD_CTX_new();
    c->body = EVP_MD_CTX_new();
    EVP_DigestInit_ex(c->header, EVP_sha256(), NULL);
    EVP_DigestInit_ex(c->body, EVP_sha256(), NULL);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
    if (epoll_ctl(poll, EPOLL_CTL_ADD, socket, &event) < 0) fail("epoll_ctl");
}

static void end(struct connection *c) {
    EVP_MD_CTX_free(c->header);
    EVP_MD_CTX_free(c->body);
    close(c->socket);
    free(c);
}

int main(int count, char **arguments) {
    if (count != 3) {
        fprintf(stderr, "usage: floor SOCKET KEY.pem\n");
        return 64;
    }
    prepare(arguments[2]);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", arguments[1]);
    unlink(arguments[1]);
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (listener < 0 || bind(listener, (struct sockaddr *) &address, sizeof address) < 0 || listen(listener, 1024) < 0)
        fail(arguments[1]);
    int poll = epoll_create1(0);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL}, events[EVENTS];
    if (poll < 0 || epoll_ctl(poll, EPOLL_CTL_ADD, listener, &event) < 0) fail("epoll");
    for (;;) {
        int ready = epoll_wait(poll, events, EVENTS, -1);
        for (int i = 0; i < ready; i++) {
            struct connection *c = events[i].data.ptr;
            if (!c) {
                begin(poll, listener);
                continue;
            }
            ssize_t got = read(c->socket, c->input + c->length, sizeof c->input - c->length);
            if (got < 0 && (errno == EAGAIN || errno == EINTR)) continue;
            if (got > 0) c->length += (size_t) got;
            if (got <= 0 || !work(c)) end(c);
        }
    }
}
