#include "CCurl.h"

#include <dlfcn.h>
#include <pthread.h>

/* The name of every libcurl since 7.16: its interface has been stable since then. */
static const char *const library_name = "libcurl.so.4";

static struct {
    CURLcode (*global_init)(long);
    CURL *(*easy_init)(void);
    void (*easy_cleanup)(CURL *);
    CURLcode (*easy_setopt)(CURL *, CURLoption, ...);
    CURLcode (*easy_perform)(CURL *);
    CURLcode (*easy_getinfo)(CURL *, CURLINFO, ...);
    const char *(*easy_strerror)(CURLcode);
    struct curl_slist *(*slist_append)(struct curl_slist *, const char *);
    void (*slist_free_all)(struct curl_slist *);
} library;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static const char *problem;

static void *find(void *handle, const char *name)
{
    void *function = dlsym(handle, name);
    if (function == NULL && problem == NULL)
        problem = "libcurl.so.4 lacks a function that every version has";
    return function;
}

static void load(void)
{
    void *handle = dlopen(library_name, RTLD_NOW | RTLD_LOCAL);
    if (handle == NULL) {
        problem = "libcurl.so.4 cannot be loaded";
        return;
    }
    *(void **)&library.global_init = find(handle, "curl_global_init");
    *(void **)&library.easy_init = find(handle, "curl_easy_init");
    *(void **)&library.easy_cleanup = find(handle, "curl_easy_cleanup");
    *(void **)&library.easy_setopt = find(handle, "curl_easy_setopt");
    *(void **)&library.easy_perform = find(handle, "curl_easy_perform");
    *(void **)&library.easy_getinfo = find(handle, "curl_easy_getinfo");
    *(void **)&library.easy_strerror = find(handle, "curl_easy_strerror");
    *(void **)&library.slist_append = find(handle, "curl_slist_append");
    *(void **)&library.slist_free_all = find(handle, "curl_slist_free_all");
    if (problem == NULL && library.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        problem = "libcurl cannot be initialised";
}

const char *authres_curl_load(void)
{
    pthread_once(&once, load);
    return problem;
}

CURL *authres_curl_new(void) { return library.easy_init(); }

void authres_curl_free(CURL *handle) { library.easy_cleanup(handle); }

CURLcode authres_curl_set_number(CURL *handle, CURLoption option, long value)
{
    return library.easy_setopt(handle, option, value);
}

CURLcode authres_curl_set_text(CURL *handle, CURLoption option, const char *value)
{
    return library.easy_setopt(handle, option, value);
}

CURLcode authres_curl_set_pointer(CURL *handle, CURLoption option, void *value)
{
    return library.easy_setopt(handle, option, value);
}

CURLcode authres_curl_set_writer(CURL *handle, CURLoption option, size_t (*write)(char *, size_t, size_t, void *))
{
    return library.easy_setopt(handle, option, write);
}

CURLcode authres_curl_set_tracer(CURL *handle, int (*trace)(CURL *, curl_infotype, char *, size_t, void *))
{
    return library.easy_setopt(handle, CURLOPT_DEBUGFUNCTION, trace);
}

CURLcode authres_curl_perform(CURL *handle) { return library.easy_perform(handle); }

const char *authres_curl_get_text(CURL *handle, CURLINFO info)
{
    const char *text = NULL;
    return library.easy_getinfo(handle, info, &text) == CURLE_OK ? text : NULL;
}

const char *authres_curl_explain(CURLcode code) { return library.easy_strerror(code); }

struct curl_slist *authres_curl_append(struct curl_slist *list, const char *text)
{
    return library.slist_append(list, text);
}

void authres_curl_free_list(struct curl_slist *list) { library.slist_free_all(list); }
