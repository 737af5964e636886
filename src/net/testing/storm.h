// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_NET_TESTING_STORM_H_
#define SLEEVE_NET_TESTING_STORM_H_

#include <map>
#include <string>
#include <vector>

#include "base/rng.h"
#include "net/testing/fake_server.h"

namespace sleeve {

// What may go wrong with an answer.
enum class Fault {
  kTooMany,       // 429, sometimes with Retry-After
  kBusy,          // 503 with "retry-after: 0", as MusicBrainz says it
  kServerError,   // 500, 502 or 504
  kCut,           // the connection ends at any byte, also within the head
  kWrongLength,   // more is promised than comes
  kHalf,          // half of the body, as if it were all (no length)
  kSlow,          // after a while
  kStuck,         // the connection stays open and nothing more comes; costs the client's stall time
  kPage,          // a proxy's HTML page with status 200
  kDeepJson,      // nested 100,000 deep
  kHugeNumbers,   // JSON with numbers that fit nowhere
  kWrongTypes,    // JSON of another shape
  kBadUtf8,       // JSON with bytes that are no text
  kRedirectLoop,  // to itself
  kRedirectFile,  // to file:///etc/passwd
};

struct StormOptions {
  uint64_t seed = 1;
  double rate = 0.3;          // share of the answers that go wrong
  std::vector<Fault> faults;  // that happen, all as often
  int in_a_row = 2;           // most faults of one address before an answer comes through
};

// Turns good answers into bad ones, by chance but the same for the same seed and order of requests.
class Storm {
 public:
  explicit Storm(StormOptions options) : options_(std::move(options)), rng_(options_.seed) {}
  FakeReply apply(const FakeRequest& request, FakeReply reply);
  [[nodiscard]] size_t faults() const { return faults_; }

 private:
  FakeReply spoil(const FakeRequest& request, FakeReply reply, Fault fault);

  StormOptions options_;
  Rng rng_;
  std::map<std::string, int> row_;  // faults in a row, by target
  size_t faults_ = 0;
};

}  // namespace sleeve

#endif  // SLEEVE_NET_TESTING_STORM_H_
