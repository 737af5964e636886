// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_CLI_OUTPUT_FILE_H_
#define SLEEVE_CLI_OUTPUT_FILE_H_

#include <string>
#include <vector>

#include <sleeve/result.h>

namespace sleeve {

// A file that a command is going to write: the option that names it, its path (empty: not asked
// for), and the ending it must have (empty: any).
struct OutputFile {
  std::string option;
  std::string path;
  std::string ending;
};

// Finds out before hours of work whether the files can be written afterwards. kUsage: a folder, a
// wrong ending, one path for two files; kNotFound: the folder isn't there; kIo: no permission.
Status check_output_files(const std::vector<OutputFile>& files);

}  // namespace sleeve

#endif  // SLEEVE_CLI_OUTPUT_FILE_H_
