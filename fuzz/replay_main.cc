// SPDX-License-Identifier: Apache-2.0
// Feeds every file of the given folders to a fuzz target, as libFuzzer does with -runs=0, then
// every prefix and some damaged forms of each, so that an ordinary test run already tries them.
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

constexpr size_t kMaxVariants = 64;  // of each kind a file

std::vector<uint8_t> read(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

void replay(const std::vector<uint8_t>& data) {
  LLVMFuzzerTestOneInput(data.data(), data.size());
  const size_t stride = data.size() / kMaxVariants + 1;
  for (size_t length = 0; length < data.size(); length += stride) LLVMFuzzerTestOneInput(data.data(), length);
  for (size_t position = 0; position < data.size(); position += stride) {
    std::vector<uint8_t> damaged = data;
    damaged[position] ^= 0xFF;
    LLVMFuzzerTestOneInput(damaged.data(), damaged.size());
  }
}

}  // namespace

int main(int argc, char** argv) {
  size_t files = 0;
  for (int i = 1; i < argc; ++i) {
    for (const auto& entry : std::filesystem::directory_iterator(argv[i])) {
      replay(read(entry.path()));
      ++files;
    }
  }
  std::printf("%zu files replayed\n", files);
  return files == 0 ? 1 : 0;
}
