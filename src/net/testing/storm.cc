// SPDX-License-Identifier: Apache-2.0
#include "net/testing/storm.h"

namespace sleeve {
namespace {

FakeReply fault_reply(int status, std::string body) {
  FakeReply reply;
  reply.status = status;
  reply.body = std::move(body);
  return reply;
}

}  // namespace

FakeReply Storm::apply(const FakeRequest& request, FakeReply reply) {
  int& row = row_[request.target + request.body];
  if (options_.faults.empty() || row >= options_.in_a_row || rng_.uniform() >= options_.rate) {
    row = 0;
    return reply;
  }
  ++row;
  ++faults_;
  const Fault fault = options_.faults[static_cast<size_t>(rng_.below(options_.faults.size()))];
  return spoil(request, std::move(reply), fault);
}

FakeReply Storm::spoil(const FakeRequest& request, FakeReply reply, Fault fault) {
  switch (fault) {
    case Fault::kTooMany: {
      FakeReply busy = json_reply(R"({"code":429,"error":"You have exceeded your rate limit."})", 429);
      if (rng_.below(2) == 0) busy.headers.emplace_back("Retry-After", "3");
      return busy;
    }
    case Fault::kBusy: {
      FakeReply busy = json_reply(
          R"({"error":"The MusicBrainz web server is currently busy. Please try again later."})", 503);
      busy.headers.emplace_back("retry-after", "0");
      return busy;
    }
    case Fault::kServerError: {
      static constexpr int kStatus[] = {500, 502, 504};
      return fault_reply(kStatus[rng_.below(3)], "Whoops. Our bad.\n");
    }
    case Fault::kCut:
      reply.cut_at = static_cast<size_t>(rng_.below(reply.body.size() + 60));
      return reply;
    case Fault::kWrongLength:
      reply.claimed_length = reply.body.size() + 1 + static_cast<size_t>(rng_.below(5000));
      return reply;
    case Fault::kHalf:
      reply.body.resize(reply.body.size() / 2);
      reply.without_length = true;
      return reply;
    case Fault::kSlow:
      reply.delay = rng_.uniform(0.002, 0.02);
      return reply;
    case Fault::kStuck:
      reply.cut_at = static_cast<size_t>(rng_.below(reply.body.size() + 60));
      reply.stall = true;
      return reply;
    case Fault::kPage:
      return fault_reply(200, "<!doctype html><title>Please log in to the Wi-Fi</title>");
    case Fault::kDeepJson:
      return json_reply(std::string(100'000, '['));
    case Fault::kHugeNumbers:
      return json_reply(R"({"count":1e999,"release-groups":[1e400],"payload":-1e999})");
    case Fault::kWrongTypes:
      return json_reply(R"({"count":"many","release-groups":{"a":[]},"payload":[],"error":"x"})");
    case Fault::kBadUtf8:
      return json_reply("{\"count\":1,\"title\":\"\xFF\xFE\xC3\x28\"}");
    case Fault::kRedirectLoop:
      return redirect_reply(request.target);
    case Fault::kRedirectFile:
      return redirect_reply("file:///etc/passwd");
  }
  return reply;
}

}  // namespace sleeve
