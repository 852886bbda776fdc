/* spf2/spf.h uses struct in_addr and size_t without including their headers. */
#include <netinet/in.h>
#include <spf2/spf.h>

/*
 * By default libspf2 writes remarks to standard output. Its handlers are plain global variables, which Swift may not
 * touch; a handler that is NULL drops the remark. The error handler stays: it says why and ends the process, and must
 * not return.
 */
static inline void authres_spf_silence(void)
{
    SPF_warning_handler = NULL;
    SPF_info_handler = NULL;
    SPF_debug_handler = NULL;
}
