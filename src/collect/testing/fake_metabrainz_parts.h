// SPDX-License-Identifier: Apache-2.0
#ifndef SLEEVE_COLLECT_TESTING_FAKE_METABRAINZ_PARTS_H_
#define SLEEVE_COLLECT_TESTING_FAKE_METABRAINZ_PARTS_H_

#include <cstdint>
#include <string>

#include "base/rng.h"
#include "collect/testing/fake_metabrainz.h"

// What the fakes of MusicBrainz, ListenBrainz and the archive share.
namespace sleeve {

std::string random_uuid(Rng& rng);
// A UUID that belongs to another: an album's release, a genre's id.
std::string derived_uuid(const std::string& text);
bool is_lower_uuid(const std::string& text);
std::string release_of(const FakeMetabrainz::Album& album);
int64_t image_of(const FakeMetabrainz::Album& album);

FakeReply plain_reply(int status, std::string body, const char* type = "text/plain");
// The number that a query's argument has, or `otherwise`.
size_t count_argument(const FakeRequest& request, const char* name, size_t otherwise);

}  // namespace sleeve

#endif  // SLEEVE_COLLECT_TESTING_FAKE_METABRAINZ_PARTS_H_
