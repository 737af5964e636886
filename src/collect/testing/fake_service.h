// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_COLLECT_TESTING_FAKE_SERVICE_H_
#define SLEEVE_COLLECT_TESTING_FAKE_SERVICE_H_

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "base/json.h"
#include "net/testing/fake_server.h"
#include "net/testing/storm.h"

namespace sleeve {

// What all fakes of music services share: a small world of albums, servers on loopback ports, counted calls,
// storms. Albums are numbered from 1; album n is by artist (n + 2) / 3 and of genre n modulo 3.
class FakeService {
 public:
  struct Album {
    int number = 0;
    std::string title;
    std::string artist;
    int artist_number = 0;
    std::string genre;  // Rock, Pop or Jazz
    int genre_number = 0;
    int year = 0;
    int64_t heard = 0;  // by so many people
  };

  explicit FakeService(int albums);
  virtual ~FakeService() = default;
  FakeService(const FakeService&) = delete;
  FakeService& operator=(const FakeService&) = delete;

  // By service, as ServiceSettings::urls wants them.
  [[nodiscard]] std::map<std::string, std::string> urls() const;
  [[nodiscard]] const std::vector<Album>& albums() const { return albums_; }
  [[nodiscard]] size_t calls(const std::string& service) const;
  [[nodiscard]] int asked(const std::string& part) const;  // questions whose target has this in it
  [[nodiscard]] int most_asked() const;                    // how often the same question was asked at most
  void forget_calls();
  void set_storm(StormOptions options);
  [[nodiscard]] size_t faults() const;
  void vanish(int album);

 protected:
  // Starts a server; to be called by the constructors of fakes.
  void serve(const std::string& service);
  // Stops all; to be called by the destructors of fakes, before what answers uses is gone.
  void stop();
  virtual FakeReply answer(const std::string& service, const FakeRequest& request) = 0;

  [[nodiscard]] std::string url(const std::string& service) const { return servers_.at(service)->url(); }
  [[nodiscard]] const Album* find(const std::string& number) const;
  // Albums first to last - 1 of those that `wanted` lets through.
  template <class Wanted>
  [[nodiscard]] std::vector<const Album*> pick(Wanted wanted) const {
    std::vector<const Album*> result;
    for (const Album& album : albums_) {
      if (!gone_.contains(album.number) && wanted(album)) result.push_back(&album);
    }
    return result;
  }
  // A picture of its own for each album and side.
  static FakeReply picture(int number, int side);

 private:
  FakeReply handle(const std::string& service, const FakeRequest& request);

  std::vector<Album> albums_;
  std::set<int> gone_;
  mutable std::mutex mutex_;
  std::map<std::string, size_t> calls_;
  std::map<std::string, int> asked_;
  std::unique_ptr<Storm> storm_;
  std::map<std::string, std::unique_ptr<FakeServer>> servers_;
};

// A status without a body.
FakeReply nothing(int status);

// The number that a query's argument has, or `otherwise`.
int number_argument(const FakeRequest& request, const std::string& name, int otherwise);

}  // namespace sleeve

#endif  // SLEEVE_COLLECT_TESTING_FAKE_SERVICE_H_
