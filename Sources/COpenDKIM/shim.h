#include <opendkim/dkim.h>
