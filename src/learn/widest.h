// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_LEARN_WIDEST_H_
#define SLEEVE_LEARN_WIDEST_H_

// Compiles a function a second time for machines with AVX2; the right one is chosen when the program
// starts. Every lane does the same IEEE operations in both, so the bits are the same. Not under
// sanitizers, which come too late for the choice.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(SLEEVE_SANITIZED)
#define SLEEVE_WIDEST __attribute__((target_clones("default", "avx2", "arch=x86-64-v4")))
#else
#define SLEEVE_WIDEST
#endif

#endif  // SLEEVE_LEARN_WIDEST_H_
