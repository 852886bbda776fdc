#include <ares.h>
#include <arpa/nameser.h>
#include <resolv.h>
/* To wake the thread that polls; Swift's module of the C library lacks it. */
#include <sys/eventfd.h>

/* The name is an array of 1,025 octets in the structure, which Swift would see as a tuple of 1,025 elements. */
static inline const char *ns_rr_owner(const ns_rr *rr) { return ns_rr_name(*rr); }
