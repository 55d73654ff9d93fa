// The system's zlib (zlib1g-dev on Debian), for gzip-compressed files.
#include <zlib.h>
