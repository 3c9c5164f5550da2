// Settings of jemalloc, which finds them by this name. MALLOC_CONF in the environment has
// precedence.
//
// Huge pages: a table of 32 MB is 8,000 pages of 4 KiB, and the first use of each traps into the
// system, which takes longer than reading the table does; on virtual machines several times longer.
// Two arenas, and memory given back after 0.3 s: a server of a million sources takes three quarters
// of what it takes with the defaults, and no command more time.
extern "C" {
extern const char* malloc_conf;
const char* malloc_conf = "thp:always,narenas:2,dirty_decay_ms:300";
}
