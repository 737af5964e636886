// SPDX-License-Identifier: Apache-2.0
#include "model/augmentation.h"

#include "base/error.h"
#include "base/options.h"
#include "base/text.h"
#include "base/try.h"

namespace sleeve {
namespace {

constexpr const char* kMember = "augmentation";

Result<int> copies_of(const Json& json, const char* key) {
  const auto found = json.find(key);
  if (found == json.end() || !found->is_number_integer() || *found < 0 || *found > kMostCopies) {
    return make_error(ErrorCode::kCorrupt, "its augmentation has no number of copies '{}'", key);
  }
  return found->get<int>();
}

}  // namespace

Result<Matrix> describe_forms(Extractor& extractor, const Picture& picture, const Sha256& cover,
                              const Augmentation& augmentation) {
  Matrix values(1 + static_cast<size_t>(augmentation.test), extractor.size());
  SLEEVE_CHECK(extractor.describe(picture, values.row(0)));
  for (int number = 1; number <= augmentation.test; ++number) {
    SLEEVE_TRY(const Picture copy, augmented(picture, cover, {augmentation.options, number}));
    SLEEVE_CHECK(extractor.describe(copy, values.row(static_cast<size_t>(number))));
  }
  return values;
}

Status check_fits(size_t covers, size_t values, const Augmentation& augmentation, double memory) {
  const double bytes = sizeof(float) * static_cast<double>(covers) * static_cast<double>(values) *
                       (1.0 + augmentation.copies());
  if (bytes <= memory / 2.0) return {};
  const std::string copies =
      augmentation.none() ? "" : fmt::format(" and {} altered copies of each", augmentation.copies());
  return make_error(
      ErrorCode::kTooLarge,
      "the features of {} covers{} would take {:.1f} GB, more than half of the memory; choose {}", covers,
      copies, bytes / 1e9,
      augmentation.none() ? "smaller descriptors" : "fewer copies (--augment, --tta) or smaller descriptors");
}

Result<CopiesWanted> parse_copies(std::string_view text) {
  SLEEVE_TRY(const Spec spec, parse_spec(text));
  const auto copies = parse_number(spec.name);
  if (!copies || *copies < 0 || *copies > kMostCopies || *copies != static_cast<int>(*copies)) {
    return make_error(
        ErrorCode::kUsage,
        "'{}' is not a number of copies from 0 to {}, with options behind it as in 3:rotate=0:flip=1",
        printable(text), kMostCopies);
  }
  SLEEVE_TRY(const AugmentOptions options, options_from_json<AugmentOptions>(spec.options, "augmentation"));
  return CopiesWanted{static_cast<int>(*copies), options};
}

void put_augmentation(Json& configuration, const Augmentation& augmentation) {
  if (augmentation.none()) return;
  configuration[kMember] = Json{{"train", augmentation.train},
                                {"test", augmentation.test},
                                {"options", options_to_json(augmentation.options)}};
}

Result<Augmentation> augmentation_of(const Json& configuration) {
  Augmentation augmentation;
  if (!configuration.is_object()) return augmentation;
  const auto found = configuration.find(kMember);
  if (found == configuration.end()) return augmentation;
  if (!found->is_object() || !found->contains("options")) {
    return Error{ErrorCode::kCorrupt, "its augmentation is not an object with options"};
  }
  SLEEVE_TRY(augmentation.train, copies_of(*found, "train"));
  SLEEVE_TRY(augmentation.test, copies_of(*found, "test"));
  auto options = options_from_json<AugmentOptions>((*found)["options"], "augmentation");
  if (!options.ok()) return Error{ErrorCode::kCorrupt, options.error().message};
  augmentation.options = *options;
  return augmentation;
}

}  // namespace sleeve
