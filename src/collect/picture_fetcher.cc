// SPDX-License-Identifier: Apache-2.0
#include "collect/picture_fetcher.h"

#include <algorithm>
#include <thread>

#include <unistd.h>

#include "base/error.h"
#include "base/text.h"
#include "base/try.h"
#include "collect/album_writer.h"
#include "collect/cover_record.h"
#include "net/address.h"

namespace sleeve {
namespace {

constexpr int kThreads = 4;
constexpr int kDamaged = 3;      // times that a damaged picture is fetched before it counts as such
constexpr int kUnreachable = 8;  // pictures in a row before the network counts as lost

bool looks_like_text(std::string_view body) {
  constexpr size_t kLooked = 64;
  return std::ranges::all_of(body.substr(0, kLooked), [](char c) {
    return c == '\n' || c == '\r' || c == '\t' || (c >= ' ' && c != 127) ||
           static_cast<unsigned char>(c) >= 0x80;
  });
}

std::string put_down_name(const PictureRecord& record) {
  return sha256(record.source + "\n" + record.key + "\n" + record.links).hex();
}

}  // namespace

Result<std::vector<PictureFetcher::Task>> PictureFetcher::wanted() {
  SLEEVE_TRY(auto records, collections_.pictures(collection_.id));
  std::vector<Task> tasks;
  for (PictureRecord& record : records) {
    const bool open = record.state == PictureState::kWanted || record.state == PictureState::kFailed;
    const bool old = record.at < collection_.refresh_since;
    if (!open && !old) {
      switch (record.state) {
        case PictureState::kFetched:
          ++report_.pictures_there;
          break;
        case PictureState::kNone:
          ++report_.pictures_none;
          break;
        case PictureState::kPlaceholder:
          ++report_.pictures_placeholder;
          break;
        default:
          ++report_.pictures_unusable;
      }
      continue;
    }
    Task task;
    task.links = parse_links(record.links);
    task.name = put_down_name(record);
    task.conditional = !open && record.state == PictureState::kFetched && record.cover_id.has_value();
    task.record = std::move(record);
    tasks.push_back(std::move(task));
  }
  return tasks;
}

Status PictureFetcher::run() {
  SLEEVE_TRY(std::vector<Task> tasks, wanted());
  report_.pictures_left = tasks.size();
  const WorkContext& context = services_.context();
  context.progress().begin("fetching covers", tasks.size());
  std::vector<std::thread> threads;
  const size_t count = std::min<size_t>(kThreads, tasks.size());
  threads.reserve(count);
  for (size_t i = 0; i < count; ++i) threads.emplace_back([&] { work(tasks); });
  for (std::thread& thread : threads) thread.join();
  context.progress().end();
  return failure_;
}

void PictureFetcher::work(std::vector<Task>& tasks) {
  for (;;) {
    const size_t i = next_.fetch_add(1);
    if (i >= tasks.size() || services_.stop_reason() != StopReason::kNone) return;
    const Status status = handle(tasks[i]);
    services_.context().progress().step();
    if (status.ok()) continue;
    const std::lock_guard lock(mutex_);
    if (failure_.ok()) failure_ = status;
    services_.stop(StopReason::kCancelled, status.error().message);
    return;
  }
}

Status PictureFetcher::handle(Task& task) {
  // What had come before a kill.
  if (const auto bytes = store_.find_put_down(task.name)) {
    const auto cover = cover_record(*bytes);
    if (cover.ok()) {
      SLEEVE_CHECK(store_.place(*cover, *bytes, task.name));
      return settle(task, *cover, nullptr, true);
    }
    store_.clear(task.name);
  }
  return fetch(task);
}

Status PictureFetcher::fetch(Task& task) {
  for (const PictureLink& link : task.links) {
    for (int attempt = 1;; ++attempt) {
      SLEEVE_TRY(const Outcome outcome, try_link(task, link, attempt));
      if (outcome == Outcome::kSettled || outcome == Outcome::kStopped) return {};
      if (outcome == Outcome::kNextLink) break;
    }
  }
  return finish(task, PictureState::kNone, "");
}

Result<PictureFetcher::Outcome> PictureFetcher::try_link(Task& task, const PictureLink& link, int attempt) {
  HttpRequest request;
  request.url = link.url;
  request.max_bytes = DecodeLimits().max_file_bytes;
  const auto own = headers_.find(link.service);
  if (own != headers_.end()) request.headers = own->second;
  if (task.conditional && task.record.url == link.url) {
    if (!task.record.etag.empty()) request.headers.emplace_back("if-none-match", task.record.etag);
    if (!task.record.last_modified.empty()) {
      request.headers.emplace_back("if-modified-since", task.record.last_modified);
    }
    request.send_headers_on = own == headers_.end();  // the last of several hosts knows the picture
  }
  HttpReply reply = services_.fetch_picture(request);
  return after(task, link, reply, attempt);
}

Result<PictureFetcher::Outcome> PictureFetcher::after(Task& task, const PictureLink& link, HttpReply& reply,
                                                      int attempt) {
  switch (reply.fate) {
    case HttpFate::kStopped:
      services_.stop(StopReason::kCancelled, "stopped");
      return Outcome::kStopped;
    case HttpFate::kOffline:
      return Outcome::kStopped;
    case HttpFate::kLater:
      services_.stop(StopReason::kLater, reply.error().message);
      return Outcome::kStopped;
    case HttpFate::kTooLarge:
      SLEEVE_CHECK(finish(task, PictureState::kUnusable, reply.reason));
      return Outcome::kSettled;
    case HttpFate::kUnreachable:
      if (unreachable_.fetch_add(1) + 1 >= kUnreachable)
        services_.stop(StopReason::kUnreachable, reply.reason);
      [[fallthrough]];
    case HttpFate::kRefused:
      SLEEVE_CHECK(finish(task, PictureState::kFailed, reply.reason));
      return Outcome::kSettled;
    case HttpFate::kAnswered:
      break;
  }
  unreachable_ = 0;
  task.record.at = reply.date;
  if (reply.status == 304) {
    SLEEVE_CHECK(finish(task, PictureState::kFetched, ""));
    return Outcome::kSettled;
  }
  if (reply.status == 404 || reply.status == 410) return Outcome::kNextLink;
  if (reply.ok()) return keep(task, link, reply, attempt);
  SLEEVE_CHECK(finish(task, PictureState::kFailed, reply.error().message));
  return Outcome::kSettled;
}

Result<PictureFetcher::Outcome> PictureFetcher::keep(Task& task, const PictureLink& link, HttpReply& reply,
                                                     int attempt) {
  const auto bytes = std::as_bytes(std::span(reply.body));
  const auto cover = cover_record(bytes);
  if (!cover.ok()) return after_damage(task, reply.body, cover.error(), attempt);
  task.record.url = link.url;
  task.record.etag = reply.header("etag");
  task.record.last_modified = reply.header("last-modified");
  {
    // Noted before the picture is put down: after a kill it is known where it is from.
    const std::lock_guard lock(mutex_);
    SLEEVE_CHECK(collections_.put_picture(task.record));
  }
  SLEEVE_CHECK(store_.put_down(task.name, bytes));
  SLEEVE_CHECK(store_.place(*cover, bytes, task.name));
  SLEEVE_CHECK(settle(task, *cover, &link, false));
  return Outcome::kSettled;
}

// Without a length a cut answer looks whole, and a page of text may be a proxy's: what isn't a picture is
// fetched again before it is believed, and believed only if it is the same bytes each time and no text.
Result<PictureFetcher::Outcome> PictureFetcher::after_damage(Task& task, const std::string& body,
                                                             const Error& error, int attempt) {
  const Sha256 hash = sha256(body);
  const bool same = attempt == 1 || hash == task.damaged;
  task.damaged = hash;
  const bool final = error.code != ErrorCode::kCorrupt;  // a kind that isn't read, or too large
  if (!final && attempt < kDamaged) return Outcome::kAgain;
  const bool unusable = final || (same && !looks_like_text(body));
  SLEEVE_CHECK(finish(task, unusable ? PictureState::kUnusable : PictureState::kFailed, error.message));
  return Outcome::kSettled;
}

const PictureLink* PictureFetcher::link_of(const Task& task) const {
  const auto found = std::ranges::find(task.links, task.record.url, &PictureLink::url);
  return found == task.links.end() ? nullptr : &*found;
}

Status PictureFetcher::settle(Task& task, const CoverRecord& cover, const PictureLink* link, bool taken_up) {
  const std::lock_guard lock(mutex_);
  SLEEVE_TRY(Transaction transaction, catalogue_.begin());
  SLEEVE_TRY(const bool placeholder, collections_.is_placeholder(cover.sha256.hex()));
  task.record.state = placeholder ? PictureState::kPlaceholder : PictureState::kFetched;
  task.record.reason.clear();
  if (link == nullptr) link = link_of(task);
  SLEEVE_TRY(const auto known, catalogue_.find_cover(cover.sha256));
  if (placeholder) {
    SLEEVE_CHECK(collections_.set_cover(task.record.album_id, std::nullopt));
    ++report_.pictures_placeholder;
  } else {
    SLEEVE_TRY(const int64_t id, store_.catalogue(catalogue_, cover));
    SLEEVE_CHECK(collections_.set_cover(task.record.album_id, id));
    ++(known ? report_.same_covers : report_.new_covers);
    ++(taken_up ? report_.pictures_taken_up : report_.pictures_fetched);
  }
  if (link != nullptr) {
    const OriginRecord origin{link->service, without_secrets(link->url), services_.licence_of(link->service),
                              task.record.at};
    SLEEVE_CHECK(collections_.put_origin(task.record.album_id, "picture", origin));
  }
  SLEEVE_CHECK(write(task));
  SLEEVE_CHECK(transaction.commit());
  store_.clear(task.name);
  if (placeholder && !known) ::unlink(store_.path_of(cover).c_str());
  return {};
}

Status PictureFetcher::finish(Task& task, PictureState state, const std::string& reason) {
  const std::lock_guard lock(mutex_);
  SLEEVE_TRY(Transaction transaction, catalogue_.begin());
  task.record.state = state;
  task.record.reason = reason;
  if (state == PictureState::kFetched) {
    ++report_.pictures_there;
  } else if (state == PictureState::kFailed) {
    ++report_.pictures_failed;
  } else {
    // A refresh that finds none any more takes the old one away.
    SLEEVE_CHECK(collections_.set_cover(task.record.album_id, std::nullopt));
    ++(state == PictureState::kNone ? report_.pictures_none : report_.pictures_unusable);
  }
  SLEEVE_CHECK(write(task));
  return transaction.commit();
}

Status PictureFetcher::write(Task& task) {
  if (report_.pictures_left > 0) --report_.pictures_left;
  SLEEVE_CHECK(collections_.put_picture(task.record));
  collection_.calls = calls_before_ + static_cast<int64_t>(services_.calls());
  collection_.bytes = bytes_before_ + static_cast<int64_t>(services_.bytes());
  return collections_.put_progress(collection_);
}

}  // namespace sleeve
