#include "build.h"

#ifndef AUTHRES_COMMIT
#define AUTHRES_COMMIT "unknown"
#endif

const char *authres_build_commit(void)
{
    return AUTHRES_COMMIT;
}
