/* What the program was built from; Package.swift gives it to the compiler. */
#ifndef AUTHRES_BUILD_H
#define AUTHRES_BUILD_H

const char *authres_build_commit(void);

#endif
