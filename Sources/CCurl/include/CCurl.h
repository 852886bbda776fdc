/*
 * libcurl, loaded when it is first needed: a filter that asks no server does not load its thirty libraries.
 *
 * The functions are those of the library without the variable arguments, which Swift cannot call; each takes a handle
 * of curl_new(). Before any of them, curl_load() must have returned NULL.
 */
#ifndef AUTHRES_CCURL_H
#define AUTHRES_CCURL_H

#include <curl/curl.h>

/* NULL, or why the library cannot be used; it is searched for once. May be called from any thread. */
const char *authres_curl_load(void);

CURL *authres_curl_new(void);
void authres_curl_free(CURL *handle);

CURLcode authres_curl_set_number(CURL *handle, CURLoption option, long value);
CURLcode authres_curl_set_text(CURL *handle, CURLoption option, const char *value);
CURLcode authres_curl_set_pointer(CURL *handle, CURLoption option, void *value);
CURLcode authres_curl_set_writer(CURL *handle, CURLoption option, size_t (*write)(char *, size_t, size_t, void *));
CURLcode authres_curl_set_tracer(CURL *handle, int (*trace)(CURL *, curl_infotype, char *, size_t, void *));

CURLcode authres_curl_perform(CURL *handle);
/* A text of the handle, to be copied before the next call; NULL if there is none. */
const char *authres_curl_get_text(CURL *handle, CURLINFO info);
const char *authres_curl_explain(CURLcode code);

struct curl_slist *authres_curl_append(struct curl_slist *list, const char *text);
void authres_curl_free_list(struct curl_slist *list);

#endif
