// libcurl behind functions of fixed arity, loaded at the first use.
//
// Two reasons for this target: Swift cannot call curl's variadic functions, and linking libcurl would make every
// start of the program load its thirty dependent libraries, also of runs that fetch nothing.
#ifndef CLIBCURL_H
#define CLIBCURL_H

#include <curl/curl.h>
#include <stddef.h>

// Loads libcurl and initialises it, once. Returns NULL when it is ready, else a sentence that says why not.
// Every other function below needs a successful call of this one before it.
const char *clibcurl_load(void);

// The version line of the loaded library, e.g. "libcurl/7.88.1 OpenSSL/3.0.15 ...".
const char *clibcurl_version(void);

CURL *clibcurl_easy_init(void);
void clibcurl_easy_cleanup(CURL *handle);
const char *clibcurl_easy_message(CURLcode code);

// curl_easy_setopt, one function per class of argument.
CURLcode clibcurl_set_long(CURL *handle, CURLoption option, long value);
CURLcode clibcurl_set_offset(CURL *handle, CURLoption option, curl_off_t value);
CURLcode clibcurl_set_string(CURL *handle, CURLoption option, const char *value);
CURLcode clibcurl_set_pointer(CURL *handle, CURLoption option, void *value);
CURLcode clibcurl_set_list(CURL *handle, CURLoption option, struct curl_slist *value);
CURLcode clibcurl_set_data_callback(CURL *handle, CURLoption option, curl_write_callback callback);

// Options whose names differ between versions of the library, so set here: http and https only (https only after
// a redirect from https), certificates always verified, no signals, and no wait for a name look-up that was given up.
CURLcode clibcurl_set_safe_defaults(CURL *handle, int redirect_to_https_only);

// curl_easy_getinfo, one function per class of result.
CURLcode clibcurl_get_long(CURL *handle, CURLINFO info, long *value);
CURLcode clibcurl_get_string(CURL *handle, CURLINFO info, const char **value);

struct curl_slist *clibcurl_list_append(struct curl_slist *list, const char *text);
void clibcurl_list_free(struct curl_slist *list);

CURLM *clibcurl_multi_init(void);
CURLMcode clibcurl_multi_cleanup(CURLM *multi);
CURLMcode clibcurl_multi_set_long(CURLM *multi, CURLMoption option, long value);
CURLMcode clibcurl_multi_add(CURLM *multi, CURL *handle);
CURLMcode clibcurl_multi_remove(CURLM *multi, CURL *handle);
CURLMcode clibcurl_multi_perform(CURLM *multi, int *running);
CURLMcode clibcurl_multi_poll(CURLM *multi, int timeout_ms);
// May be called on any thread while the multi handle lives.
CURLMcode clibcurl_multi_wakeup(CURLM *multi);

// Takes one finished transfer off the queue: its handle and result. Returns 0 when there is none.
int clibcurl_multi_next_done(CURLM *multi, CURL **handle, CURLcode *result);

// Starts a detached thread with all signals blocked. Returns 0 or an errno.
int clibcurl_start_thread(void (*body)(void *), void *context);

#endif
