#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "CProcess.h"
#include "Strays.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sched.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#endif

// Both ends close-on-exec from birth where the system can, so that no other child started at the same moment by another
// thread keeps them open.
static int make_pipe(int ends[2]) {
#ifdef __linux__
  return pipe2(ends, O_CLOEXEC);
#else
  if (pipe(ends) != 0) return -1;
  fcntl(ends[0], F_SETFD, FD_CLOEXEC);
  fcntl(ends[1], F_SETFD, FD_CLOEXEC);
  return 0;
#endif
}

// A pipe end that is itself 0, 1 or 2 would be overwritten by the child's dup2 calls: move it up.
static int above_standard(int *descriptor) {
  if (*descriptor > 2) return 0;
  int moved = fcntl(*descriptor, F_DUPFD_CLOEXEC, 3);
  if (moved < 0) return -1;
  close(*descriptor);
  *descriptor = moved;
  return 0;
}

static void close_all(int pipes[3][2]) {
  for (int pipe = 0; pipe < 3; pipe++)
    for (int end = 0; end < 2; end++)
      if (pipes[pipe][end] >= 0) close(pipes[pipe][end]);
}

// An environment with one entry more, in front; NULL without memory. To be freed, its entries not.
static const char **with_entry(const char *entry, const char *const environment[]) {
  size_t count = 0;
  while (environment[count]) count++;
  const char **longer = malloc((count + 2) * sizeof *longer);
  if (!longer) return NULL;
  longer[0] = entry;
  memcpy(longer + 1, environment, (count + 1) * sizeof *longer);
  return longer;
}

int cprocess_spawn(const char *const argv[], const char *const environment[], const char *folder,
                   cprocess_child *child, const char **failed_step) {
  int pipes[3][2] = {{-1, -1}, {-1, -1}, {-1, -1}};
  *failed_step = "pipe";
  for (int pipe = 0; pipe < 3; pipe++) {
    if (make_pipe(pipes[pipe]) != 0 || above_standard(&pipes[pipe][0]) != 0 || above_standard(&pipes[pipe][1]) != 0) {
      int error = errno;
      close_all(pipes);
      return error;
    }
  }
  *failed_step = "spawn";
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  // The child reads pipe 0 and writes pipes 1 and 2.
  posix_spawn_file_actions_adddup2(&actions, pipes[0][0], 0);
  posix_spawn_file_actions_adddup2(&actions, pipes[1][1], 1);
  posix_spawn_file_actions_adddup2(&actions, pipes[2][1], 2);
  int error = 0;
  if (folder && access(folder, X_OK) != 0) {
    *failed_step = "chdir";
    error = errno;
  } else if (folder) {
    error = posix_spawn_file_actions_addchdir_np(&actions, folder);
  }
#ifdef __linux__
  // glibc's file action closes everything the host may have left open, whoever opened it.
  if (error == 0) error = posix_spawn_file_actions_addclosefrom_np(&actions, 3);
#endif
  short flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK;
#ifdef __APPLE__
  flags |= POSIX_SPAWN_CLOEXEC_DEFAULT;
#endif
  // A signal ignored by the host would stay ignored across exec.
  sigset_t all, none;
  sigfillset(&all);
#ifdef __linux__
  sigdelset(&all, SIGKILL);
  sigdelset(&all, SIGSTOP);
#endif
  sigemptyset(&none);
  posix_spawnattr_setflags(&attributes, flags);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setsigmask(&attributes, &none);
  cprocess_make_mark(child->mark);
  const char **marked = with_entry(child->mark, environment);
  if (!marked) error = ENOMEM;
  if (error == 0)
    error = posix_spawnp(&child->pid, argv[0], &actions, &attributes, (char *const *)argv, (char *const *)marked);
  free(marked);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  if (error != 0) {
    close_all(pipes);
    return error;
  }
  close(pipes[0][0]);
  close(pipes[1][1]);
  close(pipes[2][1]);
  child->standard_input = pipes[0][1];
  child->standard_output = pipes[1][0];
  child->standard_error = pipes[2][0];
  fcntl(child->standard_input, F_SETFL, O_NONBLOCK);
  fcntl(child->standard_output, F_SETFL, O_NONBLOCK);
  fcntl(child->standard_error, F_SETFL, O_NONBLOCK);
  return 0;
}

int cprocess_try_wait(pid_t pid, int *status) {
  pid_t ended;
  do {
    ended = waitpid(pid, status, WNOHANG);
  } while (ended < 0 && errno == EINTR);
  return ended == pid ? 1 : ended == 0 ? 0 : -1;
}

int cprocess_is_ending(pid_t pid) {
  siginfo_t info;
  info.si_pid = 0;
  return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == pid;
}

int cprocess_exit_code(int status) { return WIFEXITED(status) ? WEXITSTATUS(status) : -1; }

int cprocess_signal(int status) { return WIFSIGNALED(status) ? WTERMSIG(status) : 0; }

int cprocess_open_handle(pid_t pid) {
#if defined(__linux__) && defined(SYS_pidfd_open)
  return (int)syscall(SYS_pidfd_open, pid, 0);
#else
  (void)pid;
  return -1;
#endif
}

void cprocess_signal_group(pid_t pid, int signal_number) {
  if (pid > 1) kill(-pid, signal_number);
}

// The guardian is a shell, because it has to outlive this program, and a fork of this program would share its memory.
static const char guardian_script[] =
    "live=\n"
    "while read -r op pid; do\n"
    "  case $op in\n"
    "  +) live=\"$live $pid\" ;;\n"
    "  -) rest=; for one in $live; do [ \"$one\" = \"$pid\" ] || rest=\"$rest $one\"; done; live=$rest ;;\n"
    "  esac\n"
    "done\n"
    "[ -n \"$live\" ] || exit 0\n"
    "sleep 1; for one in $live; do kill -s TERM -- -$one; done\n"
    "sleep 1; for one in $live; do kill -s KILL -- -$one; done\n"
    // What left its group is known by the mark in its environment; there is no /proc everywhere.
    "for file in /proc/[0-9]*/environ; do\n"
    "  grep -qsF \"$0\" \"$file\" || continue\n"
    "  file=${file#/proc/}; kill -s KILL ${file%/environ}\n"
    "done\n";

static pthread_mutex_t guardian_lock = PTHREAD_MUTEX_INITIALIZER;
static int guardian_input = -1;
static int guardian_tried = 0;

static void start_guardian(void) {
  int ends[2];
  if (make_pipe(ends) != 0) return;
  if (above_standard(&ends[0]) != 0 || above_standard(&ends[1]) != 0) {
    close(ends[0]);
    close(ends[1]);
    return;
  }
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  posix_spawn_file_actions_adddup2(&actions, ends[0], 0);
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
  short flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK;
#ifdef __linux__
  posix_spawn_file_actions_addclosefrom_np(&actions, 3);
#endif
#ifdef __APPLE__
  flags |= POSIX_SPAWN_CLOEXEC_DEFAULT;
#endif
  sigset_t reset, none;
  sigemptyset(&none);
  sigemptyset(&reset);
  sigaddset(&reset, SIGCHLD);
  sigaddset(&reset, SIGPIPE);
  // A group of its own: what a terminal sends to this program's group does not end it first.
  posix_spawnattr_setflags(&attributes, flags);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setsigdefault(&attributes, &reset);
  posix_spawnattr_setsigmask(&attributes, &none);
  const char *arguments[] = {"/bin/sh", "-c", guardian_script, cprocess_host_mark(), NULL};
  const char *environment[] = {"PATH=/usr/bin:/bin", NULL};
  pid_t pid;
  int error = posix_spawn(&pid, "/bin/sh", &actions, &attributes, (char *const *)arguments, (char *const *)environment);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  close(ends[0]);
  if (error != 0) {
    close(ends[1]);
    return;
  }
  // It must never hold this program up.
  fcntl(ends[1], F_SETFL, O_NONBLOCK);
  guardian_input = ends[1];
}

static void tell_guardian(char what, pid_t pid) {
  if (guardian_input < 0) return;
  char line[32];
  int count = snprintf(line, sizeof line, "%c %ld\n", what, (long)pid);
  ssize_t written = write(guardian_input, line, (size_t)count);
  if (written < 0 && errno == EPIPE) {
    // Somebody ended it; the next child gets a new one.
    close(guardian_input);
    guardian_input = -1;
    guardian_tried = 0;
  }
}

void cprocess_guard(pid_t pid) {
  pthread_mutex_lock(&guardian_lock);
  if (!guardian_tried) {
    guardian_tried = 1;
    start_guardian();
  }
  tell_guardian('+', pid);
  pthread_mutex_unlock(&guardian_lock);
}

void cprocess_unguard(pid_t pid) {
  pthread_mutex_lock(&guardian_lock);
  tell_guardian('-', pid);
  pthread_mutex_unlock(&guardian_lock);
}

#ifdef __linux__
static _Thread_local cpu_set_t cores_before;
static _Thread_local int is_pinned = 0;
#endif

int cprocess_share_core(pid_t pid) {
#ifdef __linux__
  if (!is_pinned && sched_getaffinity(0, sizeof cores_before, &cores_before) != 0) return 0;
  int core = sched_getcpu();
  if (core < 0) return 0;
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(core, &one);
  if (sched_setaffinity(0, sizeof one, &one) != 0) return 0;
  is_pinned = 1;
  if (sched_setaffinity(pid, sizeof one, &one) != 0) {
    cprocess_release_core();
    return 0;
  }
  return 1;
#else
  (void)pid;
  return 0;
#endif
}

void cprocess_release_core(void) {
#ifdef __linux__
  if (is_pinned) {
    sched_setaffinity(0, sizeof cores_before, &cores_before);
    is_pinned = 0;
  }
#endif
}

int cprocess_open_descriptors(void) {
#ifdef __linux__
  const char *folder = "/proc/self/fd";
#else
  const char *folder = "/dev/fd";
#endif
  DIR *entries = opendir(folder);
  if (!entries) return -1;
  int count = 0;
  while (readdir(entries)) count++;
  closedir(entries);
  return count - 3; // ".", ".." and the folder itself
}

int cprocess_memory_file(void) {
#ifdef __linux__
  return memfd_create("backtester columns", MFD_CLOEXEC | MFD_ALLOW_SEALING);
#else
  errno = ENOTSUP;
  return -1;
#endif
}

int cprocess_seal(int descriptor) {
#ifdef __linux__
  return fcntl(descriptor, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL);
#else
  (void)descriptor;
  errno = ENOTSUP;
  return -1;
#endif
}
