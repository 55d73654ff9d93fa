#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "Strays.h"
#include "CProcess.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#ifdef __linux__
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/syscall.h>
#endif

static char host_mark[64];
static pthread_once_t host_mark_once = PTHREAD_ONCE_INIT;

// The time as well, because numbers of processes come again.
static void make_host_mark(void) {
  struct timespec now = {0, 0};
  clock_gettime(CLOCK_REALTIME, &now);
  snprintf(host_mark, sizeof host_mark, CPROCESS_MARK_NAME "=%ld.%llx.", (long)getpid(),
           (unsigned long long)now.tv_sec * 1000000000ULL + (unsigned long long)now.tv_nsec);
}

const char *cprocess_host_mark(void) {
  pthread_once(&host_mark_once, make_host_mark);
  return host_mark;
}

void cprocess_make_mark(char *mark) {
  static _Atomic unsigned long last = 0;
  snprintf(mark, CPROCESS_MARK_SIZE, "%s%lu", cprocess_host_mark(), ++last);
}

#ifdef __linux__
// The environment of the process whose folder in /proc is open, up to a size no program can do much beyond; it is that of
// its last exec, which children inherit.
static size_t read_environment(int folder, char *buffer, size_t size) {
  int file = openat(folder, "environ", O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  size_t length = 0;
  while (length < size) {
    ssize_t count = read(file, buffer + length, size - length);
    if (count <= 0) break;
    length += (size_t)count;
  }
  close(file);
  return length;
}

static int end_marked(const char *mark, char *buffer, size_t size) {
  DIR *processes = opendir("/proc");
  if (!processes) return 0;
  int found = 0;
  struct dirent *entry;
  while ((entry = readdir(processes))) {
    if (entry->d_name[0] < '1' || entry->d_name[0] > '9') continue;
    int folder = openat(dirfd(processes), entry->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) continue;
    size_t length = read_environment(folder, buffer, size);
    // With the byte that ends the entry, or the mark of process 12 would be found for process 1.
    if (length > 0 && memmem(buffer, length, mark, strlen(mark) + 1)) {
      // An open folder stands for the process itself, whoever has its number by now.
      syscall(SYS_pidfd_send_signal, folder, SIGKILL, NULL, 0);
      found++;
    }
    close(folder);
  }
  closedir(processes);
  return found;
}
#endif

void cprocess_end_strays(const cprocess_child *child) {
#ifdef __linux__
  if (!child->mark[0]) return;
  size_t size = 256 * 1024;
  char *buffer = malloc(size);
  if (!buffer) return;
  // Again, because one may have started another meanwhile.
  for (int pass = 0; pass < 10 && end_marked(child->mark, buffer, size) > 0; pass++) usleep(1000);
  free(buffer);
#else
  (void)child;
#endif
}
