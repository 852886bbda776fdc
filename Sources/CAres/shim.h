#include <ares.h>
#include <arpa/nameser.h>
#include <resolv.h>
