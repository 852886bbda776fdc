/* spf2/spf.h uses struct in_addr and size_t without including their headers. */
#include <netinet/in.h>
#include <spf2/spf.h>
