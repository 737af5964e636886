// SPDX-License-Identifier: Apache-2.0
//
// Networks, the embeddings taken from them and the faces found by them: on small networks that
// tests/golden/make_networks.py made, and on the published ones where they are at hand.
#include "feature/network.h"

#include <cmath>
#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/parallel.h"
#include "feature/embedding.h"
#include "feature/faces_yunet.h"
#include "feature/feature_set.h"
#include "feature/golden_testing.h"
#include "image/picture.h"

namespace sleeve {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

// The descriptors' tests, too, run on the small networks.
class SmallNetworks : public testing::Environment {
 public:
  void SetUp() override { ::setenv("SLEEVE_NETWORKS", kSmallNetworks.c_str(), 1); }
};
const auto* const kEnvironment = testing::AddGlobalTestEnvironment(new SmallNetworks);

Json golden() { return *parse_json(*read_text_file(kGoldenFolder / "networks.json")); }

NetworkEntry small_network(const std::string& name) { return *find_network(kSmallNetworks, name); }

std::vector<float> values_of(const std::string& features, const Picture& picture) {
  const auto set = parse_feature_set(features);
  EXPECT_TRUE(set.ok()) << set.error().message;
  auto extractor = Extractor::make(*set);
  EXPECT_TRUE(extractor.ok()) << extractor.error().message;
  std::vector<float> values(extractor->size());
  const Status described = extractor->describe(picture, values);
  EXPECT_TRUE(described.ok());
  return values;
}

TEST(Embedding, EqualsWhatNumPyComputes) {
  const Json embeddings = golden()["embeddings"];
  for (const auto& [file, theirs] : embeddings.items()) {
    const auto picture = read_picture(kGoldenFolder / "pictures" / file);
    ASSERT_TRUE(picture.ok());
    const auto ours = values_of("embedding:layers=all", *picture);
    ASSERT_EQ(ours.size(), theirs.size());
    for (size_t i = 0; i < ours.size(); ++i) {
      EXPECT_NEAR(ours[i], theirs[i].get<double>(), 2e-5) << file << " value " << i;
    }
  }
}

TEST(Embedding, CovarianceEqualsWhatNumPyComputes) {
  const Json covariances = golden()["covariances"];
  for (const auto& [file, theirs] : covariances.items()) {
    const auto picture = read_picture(kGoldenFolder / "pictures" / file);
    ASSERT_TRUE(picture.ok());
    const auto ours = values_of("embedding:layers=(early,late):pooling=covariance", *picture);
    ASSERT_EQ(ours.size(), theirs.size());
    for (size_t i = 0; i < ours.size(); ++i) {
      // The root makes of a variance's error of 1e-8 one of 1e-4 where there is no variance.
      EXPECT_NEAR(ours[i], theirs[i].get<double>(), 2e-4) << file << " value " << i;
    }
  }
}

TEST(Embedding, OptionsChooseWhatIsKept) {
  const auto picture = read_picture(kGoldenFolder / "pictures/coffee_300.jpg");
  const auto all = values_of("embedding:layers=all", *picture);  // early 4+4, late 6+6, logits 5
  ASSERT_EQ(all.size(), 25U);
  const auto part = [&](size_t from, size_t count) {
    return std::vector<float>(all.begin() + static_cast<std::ptrdiff_t>(from),
                              all.begin() + static_cast<std::ptrdiff_t>(from + count));
  };
  EXPECT_EQ(values_of("embedding:layers=early:pooling=average", *picture), part(0, 4));
  EXPECT_EQ(values_of("embedding:layers=early:pooling=deviation", *picture), part(4, 4));
  EXPECT_EQ(values_of("embedding", *picture), part(8, 17));  // by default late and logits
  EXPECT_EQ(values_of("embedding:layers=logits:pooling=deviation", *picture), part(20, 5));  // a vector stays
  EXPECT_NE(values_of("embedding:layers=early:side=64", *picture), part(0, 8));
  // Of covariances, too, a vector stays.
  const auto covariance = values_of("embedding:layers=(early,logits):pooling=covariance", *picture);
  ASSERT_EQ(covariance.size(), 15U);  // 4 · 5 / 2 + 5
  EXPECT_EQ(std::vector<float>(covariance.begin() + 10, covariance.end()), part(20, 5));
  // Without the mirror image left and right differ.
  cv::Mat turned;
  cv::flip(picture->bgr, turned, 1);
  const Picture mirrored = picture_from_pixels(turned);
  EXPECT_EQ(values_of("embedding:side=48", mirrored), values_of("embedding:side=48", *picture));
  EXPECT_NE(values_of("embedding:flip=false", mirrored), values_of("embedding:flip=false", *picture));
}

TEST(Embedding, NamesEveryValueWhateverThePooling) {
  for (const std::string pooling : {"average", "deviation", "both", "covariance"}) {
    const auto set = parse_feature_set("embedding:layers=all:pooling=" + pooling);
    ASSERT_TRUE(set.ok()) << set.error().message;
    const auto extractor = Extractor::make(*set);
    ASSERT_TRUE(extractor.ok());
    EXPECT_EQ(extractor->value_names().size(), extractor->size()) << pooling;
  }
}

TEST(Embedding, IsKnownByItsNetworksPrint) {
  const auto set = parse_feature_set("embedding");
  ASSERT_TRUE(set.ok());
  const NetworkEntry network = small_network("mobilenetv2-12");
  EXPECT_THAT(set->descriptors[0].text(), HasSubstr("print=" + network.sha256.hex().substr(0, 12)));
  EXPECT_EQ(*parse_feature_set(set->text()), *set);
  EXPECT_EQ(*feature_set_from_json(to_json(*set)), *set);

  Json other = to_json(*set);
  other[0]["options"]["print"] = "0123456789ab-00000000";
  const auto refused = feature_set_from_json(other);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kConflict);
  EXPECT_THAT(refused.error().message, HasSubstr("sleeve models list"));
}

TEST(Embedding, RefusesWhatItDoesNotHave) {
  const auto code = [](const std::string& features) {
    const auto set = parse_feature_set(features);
    return set.ok() ? std::string("ok") : std::string(name_of(set.error().code));
  };
  EXPECT_EQ(code("embedding:layers=middle"), "usage");
  EXPECT_EQ(code("embedding:layers=(late,late)"), "usage");
  EXPECT_EQ(code("embedding:side=7"), "usage");
  EXPECT_EQ(code("embedding:network=unheard-of"), "not-found");
  EXPECT_EQ(code("embedding:network=yunet-2023mar"), "usage");
  EXPECT_EQ(code("faces_yunet:network=mobilenetv2-12"), "usage");
}

TEST(Embedding, GivesTheSameBitsInEveryThread) {
  const auto picture = read_picture(kGoldenFolder / "pictures/coffee_300.jpg");
  const auto first = values_of("embedding:layers=all+faces_yunet", *picture);
  std::vector<std::vector<float>> others(8);
  const ThreadLimit limit(4);
  parallel_for(others.size(),
               [&](size_t i) { others[i] = values_of("embedding:layers=all+faces_yunet", *picture); });
  EXPECT_THAT(others, testing::Each(first));
}

TEST(Moments, OfAFewNumbers) {
  const std::vector<float> values = {1, 2, 3, 4, 10};
  EXPECT_DOUBLE_EQ(moments_of(values).average, 4);
  EXPECT_DOUBLE_EQ(moments_of(values).deviation, std::sqrt(10.0));
  EXPECT_EQ(moments_of(std::vector<float>(17, 0.3F)).deviation, 0);
}

TEST(Network, SaysHowToInstallWhatIsMissing) {
  const auto loaded = Network::load("/no/such/folder", small_network("mobilenetv2-12"));
  ASSERT_FALSE(loaded.ok());
  EXPECT_EQ(loaded.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(loaded.error().message, HasSubstr("sleeve models pull mobilenetv2-12"));
}

class AlteredNetwork : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(make_folders(folder_).ok()); }
  void TearDown() override { fs::remove_all(folder_); }
  fs::path folder_ = fs::path(testing::TempDir()) / "altered_network";
};

TEST_F(AlteredNetwork, IsRefusedBeforeOpenCvSeesIt) {
  const NetworkEntry entry = small_network("mobilenetv2-12");
  Bytes bytes = *read_file(network_file(kSmallNetworks, entry));
  bytes[bytes.size() / 2] ^= std::byte{1};
  ASSERT_TRUE(write_file_atomic(network_file(folder_, entry), bytes).ok());
  auto loaded = Network::load(folder_, entry);
  ASSERT_FALSE(loaded.ok());
  EXPECT_EQ(loaded.error().code, ErrorCode::kConflict);
  EXPECT_THAT(loaded.error().message, HasSubstr(network_file(folder_, entry).native()));

  bytes.resize(100);
  ASSERT_TRUE(write_file_atomic(network_file(folder_, entry), bytes).ok());
  loaded = Network::load(folder_, entry);
  ASSERT_FALSE(loaded.ok());
  EXPECT_EQ(loaded.error().code, ErrorCode::kConflict);
}

TEST(Network, ALayerIsFoundByEachOfItsNames) {
  auto network = Network::load(kSmallNetworks, small_network("mobilenetv2-12"));
  ASSERT_TRUE(network.ok()) << network.error().message;
  for (const char* name : {"relu2", "onnx_node!relu2", "ReLU#2"}) {
    const auto found = network->find_layer(name);
    ASSERT_TRUE(found.ok()) << name;
    EXPECT_EQ(*found, "onnx_node!relu2");
  }
  for (const char* name : {"relu3", "ReLU#3", "ReLU#0", "ReLU#", "#1", ""}) {
    EXPECT_FALSE(network->find_layer(name).ok()) << name;
  }
}

TEST(Network, GarbageIsAnError) {
  for (const std::string text : {"", "\n", "PK\3\4", "not a network at all"}) {
    const auto made = Network::from_bytes(std::as_bytes(std::span(text.data(), text.size())));
    ASSERT_FALSE(made.ok());
    EXPECT_EQ(made.error().code, ErrorCode::kCorrupt);
  }
}

TEST(Yunet, DecodesAsFaceDetectorYnDoes) {
  const Json reference = golden()["yunet"];
  std::vector<std::vector<float>> values;
  std::vector<cv::Mat> outputs;
  for (const std::string& name : yunet_outputs()) {
    std::vector<float> flat;
    for (const Json& cell : reference["outputs"][name]) {
      if (cell.is_array()) {
        for (const Json& value : cell) flat.push_back(value.get<float>());
      } else {
        flat.push_back(cell.get<float>());
      }
    }
    values.push_back(std::move(flat));
    outputs.emplace_back(1, static_cast<int>(values.back().size()), CV_32F, values.back().data());
  }
  const int side = reference["size"].get<int>();
  const auto faces =
      decode_yunet(outputs, side, side, reference["score"].get<double>(), reference["overlap"].get<double>());
  ASSERT_TRUE(faces.ok()) << faces.error().message;
  ASSERT_EQ(faces->size(), reference["faces"].size());
  for (size_t i = 0; i < faces->size(); ++i) {
    const DetectedFace& ours = (*faces)[i];
    const Json& theirs = reference["faces"][i];
    EXPECT_NEAR(ours.score, theirs["score"].get<double>(), 1e-6);
    const std::array<float, 4> box = {ours.box.x, ours.box.y, ours.box.width, ours.box.height};
    for (size_t k = 0; k < box.size(); ++k) EXPECT_NEAR(box[k], theirs["box"][k].get<double>(), 1e-4);
    for (size_t k = 0; k < ours.landmarks.size(); ++k) {
      EXPECT_NEAR(ours.landmarks[k].x, theirs["landmarks"][k][0].get<double>(), 1e-4);
      EXPECT_NEAR(ours.landmarks[k].y, theirs["landmarks"][k][1].get<double>(), 1e-4);
    }
  }
  outputs[0] = outputs[1];
  EXPECT_FALSE(decode_yunet(outputs, side, side, 0.5, 0.3).ok());  // a wrong number of cells
}

// What is drawn of a layer: flat ground is its average, and a patch is not.
TEST(Embedding, LayersAnswerWhereThePictureIsUnlikeTheRest) {
  cv::Mat bgr(64, 64, CV_8UC3, cv::Scalar(40, 40, 40));
  bgr(cv::Rect(48, 0, 16, 16)).setTo(cv::Scalar(20, 200, 250));
  const auto set = parse_feature_set("embedding:layers=all");
  const auto made = (*find_descriptor("embedding"))->make(set->descriptors[0].options);
  ASSERT_TRUE(made.ok()) << made.error().message;
  const auto layers = dynamic_cast<EmbeddingDescriptor&>(**made).responses(picture_from_pixels(bgr));
  ASSERT_TRUE(layers.ok()) << layers.error().message;
  const NetworkEntry entry = small_network("mobilenetv2-12");
  ASSERT_EQ(layers->size(), entry.layers.size());
  for (size_t i = 0; i < layers->size(); ++i) {
    const LayerResponse& response = (*layers)[i];
    SCOPED_TRACE(response.layer);
    EXPECT_EQ(response.layer, entry.layers[i].name);
    EXPECT_EQ(response.spatial, entry.layers[i].spatial);
    if (!response.spatial) {
      EXPECT_EQ(response.values.total(), entry.layers[i].channels);
      continue;
    }
    cv::Point strongest;
    cv::minMaxLoc(response.values, nullptr, nullptr, nullptr, &strongest);
    EXPECT_GE(strongest.x, response.values.cols / 2);
    EXPECT_LT(strongest.y, response.values.rows / 2);
  }
}

TEST(FacesYunet, FindsTheSquaresWhereTheyAre) {
  cv::Mat bgr(640, 640, CV_8UC3, cv::Scalar::all(0));
  bgr(cv::Rect(64, 128, 64, 64)).setTo(cv::Scalar(0, 0, 255));
  bgr(cv::Rect(512, 512, 64, 64)).setTo(cv::Scalar(0, 0, 255));
  auto faces = FacesYunetDescriptor::load({});
  ASSERT_TRUE(faces.ok()) << faces.error().message;
  const auto found = (*faces)->find(bgr);
  ASSERT_TRUE(found.ok());
  ASSERT_EQ(found->size(), 2U);
  EXPECT_NEAR((*found)[0].box.x, 64, 0.01);
  EXPECT_NEAR((*found)[0].box.y, 128, 0.01);
  EXPECT_NEAR((*found)[0].box.width, 64, 0.01);
  EXPECT_NEAR((*found)[0].landmarks[2].x, 96, 0.01);  // the nose is in the middle

  const auto values = values_of("faces_yunet", picture_from_pixels(bgr));
  EXPECT_EQ(values[0], 1);
  EXPECT_EQ(values[1], 2);
  EXPECT_NEAR(values[2], 0.01, 1e-6);
  EXPECT_NEAR(values[3], 0.02, 1e-6);
  EXPECT_NEAR(values[4], 96.0 / 640, 1e-5);
  EXPECT_NEAR(values[5], 160.0 / 640, 1e-5);
}

TEST(FacesYunet, WherePicturesAreNotSquareTheShapeIsKept) {
  cv::Mat bgr(320, 640, CV_8UC3, cv::Scalar::all(0));
  bgr(cv::Rect(320, 192, 64, 64)).setTo(cv::Scalar(0, 0, 255));
  const auto values = values_of("faces_yunet", picture_from_pixels(bgr));
  EXPECT_EQ(values[1], 1);
  EXPECT_NEAR(values[2], 0.02, 1e-6);
  EXPECT_NEAR(values[4], 352.0 / 640, 1e-5);
  EXPECT_NEAR(values[5], 224.0 / 320, 1e-5);
}

TEST(FacesYunet, WithoutFacesThePlaceIsTheMiddle) {
  const auto values =
      values_of("faces_yunet", picture_from_pixels(cv::Mat(50, 60, CV_8UC3, cv::Scalar::all(9))));
  EXPECT_EQ(values, (std::vector<float>{0, 0, 0, 0, 0.5F, 0.5F}));
}

TEST(PublishedYunet, FindsTheFaceWhereItIs) {
  const char* given = std::getenv("SLEEVE_SHARED");
  const fs::path shared = given != nullptr ? fs::path(given) : fs::path(SLEEVE_SOURCE_DIR) / ".." / "shared";
  const fs::path file = shared / "models/face_detection_yunet_2023mar.onnx";
  if (!fs::exists(file)) GTEST_SKIP() << "NOT TESTED with the published YuNet: there is no " << file;
  const auto entry = find_network("/no/such/folder", "yunet-2023mar");
  const fs::path folder = fs::path(testing::TempDir()) / "published_yunet";
  ASSERT_TRUE(write_file_atomic(network_file(folder, *entry), *read_file(file)).ok());
  ::setenv("SLEEVE_NETWORKS", folder.c_str(), 1);
  const auto picture = read_picture(kGoldenFolder / "pictures/astronaut_face.jpg");
  auto faces = FacesYunetDescriptor::load({});
  ::setenv("SLEEVE_NETWORKS", kSmallNetworks.c_str(), 1);
  ASSERT_TRUE(faces.ok()) << faces.error().message;
  const auto found = (*faces)->find(picture->bgr);
  ASSERT_TRUE(found.ok());
  ASSERT_EQ(found->size(), 1U);
  EXPECT_TRUE((*found)[0].box.contains({145, 115})) << (*found)[0].box;  // between the eyes
  EXPECT_GT((*found)[0].score, 0.9F);
  fs::remove_all(folder);
}

}  // namespace
}  // namespace sleeve
