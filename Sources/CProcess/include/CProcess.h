#ifndef CPROCESS_H
#define CPROCESS_H

#include <sys/types.h>

/// Longest mark, with the zero at its end.
#define CPROCESS_MARK_SIZE 96

/// A started child process and the host's ends of its pipes.
typedef struct {
  pid_t pid;
  /// Writes to the child's standard input; close-on-exec, non-blocking.
  int standard_input;
  /// Reads the child's standard output; close-on-exec, non-blocking.
  int standard_output;
  /// Reads the child's standard error; close-on-exec, non-blocking.
  int standard_error;
  /// An entry of its environment by which it and all that it starts can be known.
  char mark[CPROCESS_MARK_SIZE];
} cprocess_child;

/// Starts `argv[0]` (searched in PATH when it has no slash) in a process group of its own, with a clean signal state, its
/// three standard descriptors on pipes and every other descriptor closed.
///
/// Returns 0, or the errno of the step that failed, named in `*failed_step` ("pipe", "chdir", "spawn").
int cprocess_spawn(const char *const argv[], const char *const environment[], const char *folder,
                   cprocess_child *child, const char **failed_step);

/// Whether the child has ended; then `*status` is its wait status and the process is reaped.
///
/// Returns 1 when it ended, 0 when it lives, -1 when it is not a child of this process.
int cprocess_try_wait(pid_t pid, int *status);

/// Whether the child has ended, leaving it unreaped so that its number stays taken: 1, else 0.
int cprocess_is_ending(pid_t pid);

/// The exit code in a wait status, or -1 when a signal ended the process.
int cprocess_exit_code(int status);
/// The signal in a wait status, or 0 when the process ended by itself.
int cprocess_signal(int status);

/// A descriptor that becomes readable when the process ends; -1 where there is no such thing.
int cprocess_open_handle(pid_t pid);

/// Sends a signal to the process group led by a child that is not reaped yet.
void cprocess_signal_group(pid_t pid, int signal_number);

/// Kills every process that has a child's mark in its environment: those that left the child's group by a session of their
/// own too. Call it after the child ended. Linux only.
void cprocess_end_strays(const cprocess_child *child);

/// Has the process group led by a child ended when this program dies without ending it, by SIGKILL say.
///
/// A small process of its own, started at the first call, learns of this program's end from a pipe. Children get a second
/// to go by themselves (their input has ended), then SIGTERM, a second later SIGKILL, as does whatever has a mark of this
/// program. Where it cannot be started nothing is guarded.
void cprocess_guard(pid_t pid);
/// Ends the guarding of a child; call it before the child is reaped and its number may be another's.
void cprocess_unguard(pid_t pid);

/// Puts the calling thread and a process on one processor core, the one the thread is on.
///
/// Returns 1 on success, 0 where it is not supported or not allowed.
int cprocess_share_core(pid_t pid);

/// Lets the calling thread run on all cores it could run on before `cprocess_share_core`.
void cprocess_release_core(void);

/// Memory without a name that other processes of this user can open by its place in /proc; -1 where there is no such thing.
int cprocess_memory_file(void);

/// Forbids every change of such memory from now on; returns 0 on success.
int cprocess_seal(int descriptor);

/// Number of descriptors this process has open; -1 where it cannot be told.
int cprocess_open_descriptors(void);

#endif
