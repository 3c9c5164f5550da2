// Settings of jemalloc, which finds them by this name. MALLOC_CONF in the environment has precedence.
//
// Huge pages: a table of 32 MB is 8,000 pages of 4 KiB, and the first use of each traps into the
// system, which takes longer than reading the table does; on virtual machines several times longer.
extern "C" {
extern const char* malloc_conf;
const char* malloc_conf = "thp:always";
}
