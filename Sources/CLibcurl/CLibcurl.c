#include "CLibcurl.h"

#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

static struct {
  __typeof__(&curl_global_init) global_init;
  __typeof__(&curl_version) version;
  __typeof__(&curl_easy_init) easy_init;
  __typeof__(&curl_easy_cleanup) easy_cleanup;
  __typeof__(&curl_easy_strerror) easy_strerror;
  __typeof__(&curl_easy_setopt) easy_setopt;
  __typeof__(&curl_easy_getinfo) easy_getinfo;
  __typeof__(&curl_slist_append) slist_append;
  __typeof__(&curl_slist_free_all) slist_free_all;
  __typeof__(&curl_multi_init) multi_init;
  __typeof__(&curl_multi_cleanup) multi_cleanup;
  __typeof__(&curl_multi_setopt) multi_setopt;
  __typeof__(&curl_multi_add_handle) multi_add_handle;
  __typeof__(&curl_multi_remove_handle) multi_remove_handle;
  __typeof__(&curl_multi_perform) multi_perform;
  __typeof__(&curl_multi_poll) multi_poll;
  __typeof__(&curl_multi_wakeup) multi_wakeup;
  __typeof__(&curl_multi_info_read) multi_info_read;
} api;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static char failure[512];

static const char *const library_names[] = {
#ifdef __APPLE__
    "libcurl.4.dylib",
    "/usr/lib/libcurl.4.dylib",
#else
    "libcurl.so.4",
    "libcurl-gnutls.so.4",
#endif
};

static int find(void *library, const char *name, void **slot) {
  *slot = dlsym(library, name);
  if (*slot == NULL) {
    snprintf(failure, sizeof failure, "the libcurl found is too old: it lacks %s (7.68 or later is needed)", name);
    return 0;
  }
  return 1;
}

static void load(void) {
  void *library = NULL;
  for (size_t i = 0; i < sizeof library_names / sizeof *library_names && library == NULL; i++) {
    library = dlopen(library_names[i], RTLD_NOW | RTLD_LOCAL);
  }
  if (library == NULL) {
    const char *reason = dlerror();
    snprintf(failure, sizeof failure, "%s", reason == NULL ? "libcurl was not found" : reason);
    return;
  }
#define FIND(name) find(library, "curl_" #name, (void **)&api.name)
  if (!(FIND(global_init) && FIND(version) && FIND(easy_init) && FIND(easy_cleanup) && FIND(easy_strerror) &&
        FIND(easy_setopt) && FIND(easy_getinfo) && FIND(slist_append) && FIND(slist_free_all) && FIND(multi_init) &&
        FIND(multi_cleanup) && FIND(multi_setopt) && FIND(multi_add_handle) && FIND(multi_remove_handle) &&
        FIND(multi_perform) && FIND(multi_poll) && FIND(multi_wakeup) && FIND(multi_info_read))) {
    return;
  }
#undef FIND
  CURLcode code = api.global_init(CURL_GLOBAL_DEFAULT);
  if (code != CURLE_OK) {
    snprintf(failure, sizeof failure, "libcurl did not start: %s", api.easy_strerror(code));
  }
}

const char *clibcurl_load(void) {
  pthread_once(&once, load);
  return failure[0] == '\0' ? NULL : failure;
}

const char *clibcurl_version(void) { return api.version(); }

CURL *clibcurl_easy_init(void) { return api.easy_init(); }
void clibcurl_easy_cleanup(CURL *handle) { api.easy_cleanup(handle); }
const char *clibcurl_easy_message(CURLcode code) { return api.easy_strerror(code); }

CURLcode clibcurl_set_long(CURL *handle, CURLoption option, long value) {
  return api.easy_setopt(handle, option, value);
}
CURLcode clibcurl_set_offset(CURL *handle, CURLoption option, curl_off_t value) {
  return api.easy_setopt(handle, option, value);
}
CURLcode clibcurl_set_string(CURL *handle, CURLoption option, const char *value) {
  return api.easy_setopt(handle, option, value);
}
CURLcode clibcurl_set_pointer(CURL *handle, CURLoption option, void *value) {
  return api.easy_setopt(handle, option, value);
}
CURLcode clibcurl_set_list(CURL *handle, CURLoption option, struct curl_slist *value) {
  return api.easy_setopt(handle, option, value);
}
CURLcode clibcurl_set_data_callback(CURL *handle, CURLoption option, curl_write_callback callback) {
  return api.easy_setopt(handle, option, callback);
}

CURLcode clibcurl_set_safe_defaults(CURL *handle, int redirect_to_https_only) {
  CURLcode code = api.easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  if (code == CURLE_OK) code = api.easy_setopt(handle, CURLOPT_SSL_VERIFYPEER, 1L);
  if (code == CURLE_OK) code = api.easy_setopt(handle, CURLOPT_SSL_VERIFYHOST, 2L);
  if (code != CURLE_OK) return code;
#if LIBCURL_VERSION_NUM >= 0x075700
  // Without it, giving up during a name look-up waits until the resolver's own time-out. Older libraries refuse
  // the option; the transfer then works all the same.
  api.easy_setopt(handle, CURLOPT_QUICK_EXIT, 1L);
#endif
  code = CURLE_UNKNOWN_OPTION;
#if LIBCURL_VERSION_NUM >= 0x075500
  code = api.easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  if (code == CURLE_OK) {
    return api.easy_setopt(handle, CURLOPT_REDIR_PROTOCOLS_STR, redirect_to_https_only ? "https" : "http,https");
  }
#endif
  // A library older than its header, or an older header: the options of before 7.85.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
  long http = CURLPROTO_HTTP, https = CURLPROTO_HTTPS;
  code = api.easy_setopt(handle, CURLOPT_PROTOCOLS, http | https);
  if (code != CURLE_OK) return code;
  return api.easy_setopt(handle, CURLOPT_REDIR_PROTOCOLS, redirect_to_https_only ? https : http | https);
#pragma GCC diagnostic pop
}

CURLcode clibcurl_get_long(CURL *handle, CURLINFO info, long *value) { return api.easy_getinfo(handle, info, value); }
CURLcode clibcurl_get_string(CURL *handle, CURLINFO info, const char **value) {
  return api.easy_getinfo(handle, info, value);
}

struct curl_slist *clibcurl_list_append(struct curl_slist *list, const char *text) {
  return api.slist_append(list, text);
}
void clibcurl_list_free(struct curl_slist *list) { api.slist_free_all(list); }

CURLM *clibcurl_multi_init(void) { return api.multi_init(); }
CURLMcode clibcurl_multi_cleanup(CURLM *multi) { return api.multi_cleanup(multi); }
CURLMcode clibcurl_multi_set_long(CURLM *multi, CURLMoption option, long value) {
  return api.multi_setopt(multi, option, value);
}
CURLMcode clibcurl_multi_add(CURLM *multi, CURL *handle) { return api.multi_add_handle(multi, handle); }
CURLMcode clibcurl_multi_remove(CURLM *multi, CURL *handle) { return api.multi_remove_handle(multi, handle); }
CURLMcode clibcurl_multi_perform(CURLM *multi, int *running) { return api.multi_perform(multi, running); }
CURLMcode clibcurl_multi_poll(CURLM *multi, int timeout_ms) {
  return api.multi_poll(multi, NULL, 0, timeout_ms, NULL);
}
CURLMcode clibcurl_multi_wakeup(CURLM *multi) { return api.multi_wakeup(multi); }

int clibcurl_multi_next_done(CURLM *multi, CURL **handle, CURLcode *result) {
  int left = 0;
  CURLMsg *message;
  while ((message = api.multi_info_read(multi, &left)) != NULL) {
    if (message->msg == CURLMSG_DONE) {
      *handle = message->easy_handle;
      *result = message->data.result;
      return 1;
    }
  }
  return 0;
}

struct thread_start {
  void (*body)(void *);
  void *context;
};

static void *run_thread(void *argument) {
  struct thread_start start = *(struct thread_start *)argument;
  free(argument);
  start.body(start.context);
  return NULL;
}

int clibcurl_start_thread(void (*body)(void *), void *context) {
  struct thread_start *start = malloc(sizeof *start);
  if (start == NULL) return 12;  // ENOMEM
  start->body = body;
  start->context = context;
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_attr_setstacksize(&attributes, 1 << 20);
  // Signals belong to the threads that the program set up for them.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pthread_t thread;
  int error = pthread_create(&thread, &attributes, run_thread, start);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  pthread_attr_destroy(&attributes);
  if (error != 0) free(start);
  return error;
}
