// SPDX-License-Identifier: Apache-2.0
#include "feature/network_list.h"

#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "feature/golden_testing.h"

namespace sleeve {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

Json small_list() { return *parse_json(*read_text_file(kSmallNetworks / "networks.json")); }

Error refused(const Json& list) {
  const auto parsed = parse_networks(dump_json(list));
  EXPECT_FALSE(parsed.ok()) << dump_json(list);
  return parsed.ok() ? Error{ErrorCode::kInternal, ""} : parsed.error();
}

TEST(NetworkList, SleevesOwnNetworksAreComplete) {
  const auto networks = known_networks("/no/such/folder");
  ASSERT_TRUE(networks.ok()) << networks.error().message;
  ASSERT_GE(networks->size(), 2U);
  for (const NetworkEntry& network : *networks) {
    EXPECT_TRUE(network.built_in);
    EXPECT_FALSE(network.summary.empty()) << network.name;
    EXPECT_FALSE(network.addresses.empty()) << network.name;
    EXPECT_FALSE(network.terms.empty()) << network.name;
  }
  const auto mobile = find_network("/no/such/folder", "mobilenetv2-12");
  ASSERT_TRUE(mobile.ok());
  EXPECT_EQ(mobile->bytes, 13'964'571U);
  EXPECT_EQ(mobile->sha256.hex(), "c0c3f76d93fa3fd6580652a45618618a220fced18babf65774ed169de0432ad5");
  const auto yunet = find_network("/no/such/folder", "yunet-2023mar");
  ASSERT_TRUE(yunet.ok());
  EXPECT_EQ(yunet->bytes, 232'589U);
  EXPECT_EQ(yunet->kind, NetworkKind::kFaces);
}

TEST(NetworkList, SurvivesTheWayThroughItsText) {
  const auto first = parse_networks(dump_json(small_list()));
  ASSERT_TRUE(first.ok()) << first.error().message;
  const std::string text = networks_text(*first);
  const auto again = parse_networks(text);
  ASSERT_TRUE(again.ok()) << again.error().message;
  EXPECT_EQ(networks_text(*again), text);
  ASSERT_EQ(again->size(), 2U);
  EXPECT_EQ((*again)[0].layers, (*first)[0].layers);
  EXPECT_EQ((*again)[0].input, (*first)[0].input);
  EXPECT_EQ((*again)[0].sha256, (*first)[0].sha256);
}

TEST(NetworkList, AUsersEntryReplacesSleevesOfTheSameName) {
  const auto networks = known_networks(kSmallNetworks);
  ASSERT_TRUE(networks.ok()) << networks.error().message;
  const auto own = parse_networks(dump_json(small_list()));
  EXPECT_EQ(networks->size(), known_networks("/no/such/folder")->size());
  const auto found = find_network(kSmallNetworks, "mobilenetv2-12");
  ASSERT_TRUE(found.ok());
  EXPECT_FALSE(found->built_in);
  EXPECT_EQ(found->sha256, (*own)[0].sha256);
}

TEST(NetworkList, AWrongNameIsAnsweredWithTheNearest) {
  const auto found = find_network("/no/such/folder", "mobilenetv2-21");
  ASSERT_FALSE(found.ok());
  EXPECT_EQ(found.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(found.error().message, HasSubstr("mobilenetv2-12"));
}

TEST(NetworkList, EachMissingMemberIsNamed) {
  const Json complete = small_list();
  for (const auto& [member, value] : complete["networks"][0].items()) {
    if (member == "summary" || member == "terms") continue;  // may be left out
    Json list = complete;
    list["networks"][0].erase(member);
    const Error error = refused(list);
    EXPECT_EQ(error.code, ErrorCode::kCorrupt);
    EXPECT_THAT(error.message, HasSubstr("'" + member + "'"));
  }
}

TEST(NetworkList, RefusesWhatCantBe) {
  const std::vector<std::pair<std::string, Json>> wrong = {
      {"/networks/0/name", "../evil"},
      {"/networks/0/name", ".hidden"},
      {"/networks/0/name", "yunet-2023mar"},  // stands twice
      {"/networks/0/kind", "sound"},
      {"/networks/0/bytes", 0},
      {"/networks/0/bytes", uint64_t{1} << 40},
      {"/networks/0/bytes", 12.5},
      {"/networks/0/sha256", "c0c3"},
      {"/networks/0/addresses", Json::array({"file:///etc/passwd"})},
      {"/networks/0/addresses", "https://example.org"},
      {"/networks/0/input/width", 0},
      {"/networks/0/input/width", 1e9},
      {"/networks/0/input/colour", "grey"},
      {"/networks/0/input/mean", Json::array({1, 2})},
      {"/networks/0/input/scale", Json::array({1, 2, "three"})},
      {"/networks/0/input/scale", Json::array({1, 2, 1e300})},
      {"/networks/0/layers", Json::array()},
      {"/networks/0/layers/0/channels", 0},
      {"/networks/0/layers/0/channels", 1e12},
      {"/networks/0/layers/0/spatial", 1},
      {"/networks/0/layers/0/name", "late"},  // stands twice
      {"/networks/0/layers/0/name", "a,b"},
      {"/networks/0/default_layers", Json::array({"nowhere"})},
      {"/networks/0/default_layers", Json::array({"late", "late"})},
      {"/networks/0/default_layers", Json::array()},
      {"/networks/1/default_layers", Json::array({"late"})},  // of faces
      {"/networks/0", "a text"},
      {"/networks", 7},
      {"/format", 0},
  };
  for (const auto& [place, value] : wrong) {
    Json list = small_list();
    list[Json::json_pointer(place)] = value;
    EXPECT_EQ(refused(list).code, ErrorCode::kCorrupt) << place << " " << value;
  }
  Json newer = small_list();
  newer["format"] = 2;
  EXPECT_EQ(refused(newer).code, ErrorCode::kUnsupported);
}

TEST(NetworkList, NamesAMisspeltMember) {
  Json list = small_list();
  list["networks"][0]["license"] = "MIT";
  EXPECT_THAT(refused(list).message, testing::AllOf(HasSubstr("license"), HasSubstr("licence")));
}

TEST(NetworkList, TheFolderFollowsTheEnvironment) {
  const fs::path before = networks_folder();
  EXPECT_EQ(before, kSmallNetworks);  // set for all tests of this program
  ::unsetenv("SLEEVE_NETWORKS");
  ::setenv("XDG_DATA_HOME", "/data", 1);
  EXPECT_EQ(networks_folder(), "/data/sleeve/networks");
  ::setenv("XDG_DATA_HOME", "relative", 1);  // to be ignored, says the XDG specification
  ::setenv("HOME", "/home/me", 1);
  EXPECT_EQ(networks_folder(), "/home/me/.local/share/sleeve/networks");
  ::unsetenv("XDG_DATA_HOME");
  ::setenv("SLEEVE_NETWORKS", before.c_str(), 1);
}

TEST(NetworkPrint, ChangesWithFileInputAndLayersUsed) {
  const auto list = parse_networks(dump_json(small_list()));
  const NetworkEntry& network = (*list)[0];
  const std::vector<std::string> early = {"early"};
  const std::string print = network.print(early);
  EXPECT_EQ(print.substr(0, 12), network.sha256.hex().substr(0, 12));

  NetworkEntry other = network;
  other.sha256.bytes[0] ^= 1;
  EXPECT_NE(other.print(early), print);
  other = network;
  other.input.mean[1] += 1;
  EXPECT_NE(other.print(early), print);
  other = network;
  other.layers[0].layer = "relu2";
  EXPECT_NE(other.print(early), print);

  // What isn't used may change.
  other = network;
  other.layers[1].layer = "relu1";
  other.addresses = {"https://example.org/mirror"};
  EXPECT_EQ(other.print(early), print);
}

}  // namespace
}  // namespace sleeve
