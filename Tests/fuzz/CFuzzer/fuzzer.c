#include "fuzzer.h"

/* libFuzzer's own main, which is in the same archive and does not run, refers to it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    (void)data;
    (void)size;
    return 0;
}
