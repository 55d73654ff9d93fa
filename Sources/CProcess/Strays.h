#ifndef CPROCESS_STRAYS_H
#define CPROCESS_STRAYS_H

/// Variable in the environment of every child, and so of whatever it starts.
#define CPROCESS_MARK_NAME "BACKTESTER_PROCESS"

/// Writes an environment entry that no other child has, of at most CPROCESS_MARK_SIZE bytes.
void cprocess_make_mark(char *mark);

/// The beginning of the environment entry of all children of this program, such as `BACKTESTER_PROCESS=4711.18f2….`.
const char *cprocess_host_mark(void);

#endif
