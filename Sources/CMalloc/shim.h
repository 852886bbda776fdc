/* glibc's malloc(3) beyond the C standard, which Swift's Glibc module leaves out. */
#include <malloc.h>
