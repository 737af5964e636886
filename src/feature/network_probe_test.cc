// SPDX-License-Identifier: Apache-2.0
#include "feature/network_probe.h"

#include <csignal>
#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/file.h"
#include "base/rng.h"
#include "feature/apart.h"
#include "feature/golden_testing.h"

namespace sleeve {
namespace {

using testing::HasSubstr;

#if defined(__SANITIZE_THREAD__)
constexpr bool kForks = false;  // ThreadSanitizer can't follow a fork
#else
constexpr bool kForks = true;
#endif

class Apart : public testing::Test {
 protected:
  void SetUp() override {
    if (!kForks) GTEST_SKIP() << "ThreadSanitizer can't follow a fork";
  }
};
using NetworkProbe = Apart;

TEST_F(Apart, HandsOverResultsAndErrors) {
  const auto done = run_apart([]() -> Result<Json> { return Json{{"answer", 42}}; });
  ASSERT_TRUE(done.ok()) << done.error().message;
  EXPECT_EQ((*done)["answer"], 42);
  const auto failed = run_apart([]() -> Result<Json> {
    return Error{ErrorCode::kNotFound, "no such thing"};
  });
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(failed.error().message, "no such thing");
}

TEST_F(Apart, SurvivesWhateverHappensThere) {
  const auto code = [](const std::function<Result<Json>()>& work, const ApartLimits& limits = {}) {
    const auto result = run_apart(work, limits);
    return result.ok() ? std::string("ok") : std::string(name_of(result.error().code));
  };
  EXPECT_EQ(code([]() -> Result<Json> {
              ::raise(SIGKILL);
              return Json();
            }),
            "corrupt");
  EXPECT_EQ(code([]() -> Result<Json> {
              ::raise(SIGSEGV);
              return Json();
            }),
            "corrupt");
  EXPECT_EQ(code([]() -> Result<Json> { ::_exit(0); }), "corrupt");
  EXPECT_EQ(code([]() -> Result<Json> { throw std::length_error("too long"); }), "too-large");
  EXPECT_EQ(code([]() -> Result<Json> {
              ::raise(SIGALRM);
              return Json();
            }),
            "too-large");
}

TEST_F(NetworkProbe, SeesAllLayersAndWhatTheyPutOut) {
  const auto entry = find_network(kSmallNetworks, "mobilenetv2-12");
  const auto file = read_file(network_file(kSmallNetworks, *entry));
  const auto layers = probe_layers(*file, entry->input);
  ASSERT_TRUE(layers.ok()) << layers.error().message;
  ASSERT_GE(layers->size(), 7U);
  EXPECT_EQ((*layers)[0].form, "Convolution#1");
  EXPECT_EQ((*layers)[0].shape, (std::vector<int>{1, 4, 12, 16}));
  EXPECT_TRUE(layers->back().output);
  EXPECT_EQ(layers->back().shape, (std::vector<int>{1, 5}));

  // What it chooses by itself: the last layer of each size, and what comes out at the end.
  const auto chosen = choose_layers(*layers, entry->input);
  ASSERT_EQ(chosen.size(), 3U);
  EXPECT_EQ(chosen[0], (NetworkLayer{"s2", "ReLU#1", 4, true}));
  EXPECT_EQ(chosen[1], (NetworkLayer{"s4", "ReLU#2", 6, true}));
  EXPECT_EQ(chosen[2].name, "output");
  EXPECT_EQ(chosen[2].channels, 5U);
  EXPECT_FALSE(chosen[2].spatial);

  const auto named = named_layer(*layers, "mine", "relu2");
  ASSERT_TRUE(named.ok());
  EXPECT_EQ(*named, (NetworkLayer{"mine", "relu2", 6, true}));
  EXPECT_EQ(named_layer(*layers, "mine", "relu7").error().code, ErrorCode::kNotFound);
}

// A file may claim shapes whose area is 0 modulo 2^32.
TEST_F(NetworkProbe, MapsMayBeLargerThanAnIntHolds) {
  const std::vector<ProbedLayer> layers = {{"huge", "Resize#1", {1, 3, 65536, 65536}, true}};
  const auto chosen = choose_layers(layers, NetworkInput());
  ASSERT_EQ(chosen.size(), 1U);
  EXPECT_TRUE(chosen[0].spatial);
  EXPECT_EQ(chosen[0].channels, 3U);
}

TEST_F(NetworkProbe, TriesWhatAnEntryClaims) {
  for (const char* name : {"mobilenetv2-12", "yunet-2023mar"}) {
    const auto entry = find_network(kSmallNetworks, name);
    const auto file = read_file(network_file(kSmallNetworks, *entry));
    const Status tried = try_network(*file, *entry);
    EXPECT_TRUE(tried.ok()) << name << ": " << tried.error().message;
  }
  auto entry = *find_network(kSmallNetworks, "mobilenetv2-12");
  const auto file = read_file(network_file(kSmallNetworks, entry));
  entry.layers[1].channels = 7;
  EXPECT_EQ(try_network(*file, entry).error().code, ErrorCode::kConflict);
  entry = *find_network(kSmallNetworks, "mobilenetv2-12");
  entry.kind = NetworkKind::kFaces;
  EXPECT_EQ(try_network(*file, entry).error().code, ErrorCode::kNotFound);
}

// Whatever the bytes: an answer or an error, and this process lives.
TEST_F(NetworkProbe, DamagedFilesAreErrors) {
  const auto entry = find_network(kSmallNetworks, "mobilenetv2-12");
  const Bytes whole = *read_file(network_file(kSmallNetworks, *entry));
  size_t refused = 0;
  Rng rng(22);
  for (int i = 0; i < 24; ++i) {
    Bytes form = whole;
    if (i % 2 == 0) {
      form.resize(static_cast<size_t>(rng.below(whole.size())));
    } else {
      for (uint64_t k = 0; k <= rng.below(8); ++k)
        form[rng.below(form.size())] = static_cast<std::byte>(rng.below(256));
    }
    const Status tried = try_network(form, *entry);
    if (tried.ok()) continue;  // a weight has changed, say
    ++refused;
    EXPECT_FALSE(tried.error().message.empty());
  }
  EXPECT_GE(refused, 10U);
}

}  // namespace
}  // namespace sleeve
