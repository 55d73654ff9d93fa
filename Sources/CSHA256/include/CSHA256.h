#ifndef CSHA256_H
#define CSHA256_H

#include <stddef.h>
#include <stdint.h>

/// Works `count` blocks of 64 bytes into a SHA-256 state (FIPS 180-4, 6.2.2), with the processor's SHA instructions where it
/// has them.
void csha256_blocks(uint32_t state[8], const uint8_t *blocks, size_t count);

/// The same in portable C, for tests of the other.
void csha256_blocks_portable(uint32_t state[8], const uint8_t *blocks, size_t count);

#endif
