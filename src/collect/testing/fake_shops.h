// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_COLLECT_TESTING_FAKE_SHOPS_H_
#define SLEEVE_COLLECT_TESTING_FAKE_SHOPS_H_

#include "collect/testing/fake_service.h"

// Deezer, iTunes, Discogs and Last.fm with their pictures' hosts, as in autumn 2026: shapes, paging, limits
// and forms of errors.
namespace sleeve {

// Almost every error comes with status 200.
class FakeDeezer final : public FakeService {
 public:
  explicit FakeDeezer(int albums, int quota_every = 0);  // every so many calls the quota's error
  ~FakeDeezer() override { stop(); }

 private:
  FakeReply answer(const std::string& service, const FakeRequest& request) override;
  FakeReply page(const FakeRequest& request, const std::vector<Json>& items) const;
  [[nodiscard]] Json album_json(const Album& album) const;

  int quota_every_;
  int calls_so_far_ = 0;
};

// Bodies begin with empty lines; asked too often it answers 403 with nothing.
class FakeItunes final : public FakeService {
 public:
  explicit FakeItunes(int albums, int locked_after = 0);
  ~FakeItunes() override { stop(); }

 private:
  FakeReply answer(const std::string& service, const FakeRequest& request) override;
  FakeReply results(const std::vector<const Album*>& albums, int artist) const;
  FakeReply chart(const FakeRequest& request) const;

  int locked_after_;
  int calls_so_far_ = 0;
};

// Wants the token "dtoken", for pictures, too. Master n is album n.
class FakeDiscogs final : public FakeService {
 public:
  explicit FakeDiscogs(int albums);
  ~FakeDiscogs() override { stop(); }

 private:
  FakeReply answer(const std::string& service, const FakeRequest& request) override;
  FakeReply api(const FakeRequest& request);
  [[nodiscard]] Json row(const Album& album) const;
  [[nodiscard]] Json master(const Album& album) const;
};

// Wants the key "lkey". Album 2 has a single tag, 3 none, 4 the star for a picture.
class FakeLastfm final : public FakeService {
 public:
  explicit FakeLastfm(int albums, int busy_every = 0);  // every so many calls error 29 with status 200
  ~FakeLastfm() override { stop(); }

 private:
  FakeReply answer(const std::string& service, const FakeRequest& request) override;
  [[nodiscard]] Json album_json(const Album& album) const;
  FakeReply tag_albums(const FakeRequest& request) const;

  int busy_every_;
  int calls_so_far_ = 0;
};

}  // namespace sleeve

#endif  // SLEEVE_COLLECT_TESTING_FAKE_SHOPS_H_
