// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_EXPORT_H_
#define SLEEVE_EXPORT_H_

// Marks what libsleeve shows to its users; everything else stays inside.
#define SLEEVE_API __attribute__((visibility("default")))

#endif  // SLEEVE_EXPORT_H_
