// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "base/error.h"
#include "base/text.h"
#include "base/try.h"
#include "feature/advisory.h"
#include "feature/colour.h"
#include "feature/composition.h"
#include "feature/descriptor.h"
#include "feature/embedding.h"
#include "feature/faces.h"
#include "feature/faces_yunet.h"
#include "feature/gist.h"
#include "feature/hog.h"
#include "feature/hog_pyramid.h"
#include "feature/hsv.h"
#include "feature/hsv_pyramid.h"
#include "feature/lab_pyramid.h"
#include "feature/lbp.h"
#include "feature/lbp_multi.h"
#include "feature/local_features.h"
#include "feature/palette.h"
#include "feature/region_covariance.h"
#include "feature/text.h"
#include "feature/wavelets.h"

namespace sleeve {
namespace {

template <class D, class Options>
Result<Options> checked_options(const Json& json) {
  SLEEVE_TRY(Options options, options_from_json<Options>(json, D::kName));
  SLEEVE_CHECK(D::check(options));
  if constexpr (requires { D::resolve(options); }) return D::resolve(std::move(options));
  return options;
}

template <class D, class Options>
Result<std::unique_ptr<Descriptor>> make(const Json& json) {
  SLEEVE_TRY(const Options options, (checked_options<D, Options>(json)));
  return D::make(options);
}

template <class D, class Options>
Result<size_t> size(const Json& json) {
  SLEEVE_TRY(const Options options, (checked_options<D, Options>(json)));
  return D::size_of(options);
}

template <class D, class Options>
Result<Json> complete(const Json& json) {
  SLEEVE_TRY(const Options options, (checked_options<D, Options>(json)));
  return options_to_json(options);
}

template <class D, class Options>
Result<std::optional<BagLayout>> bag(const Json& json) {
  SLEEVE_TRY(const Options options, (checked_options<D, Options>(json)));
  if constexpr (requires { D::bag_of(options); }) return std::optional(D::bag_of(options));
  return std::optional<BagLayout>();
}

template <class D, class Options>
constexpr DescriptorEntry entry(int version, bool in_default_set, std::string_view summary,
                                std::string_view source) {
  return {
      D::kName,         version,          in_default_set,       summary,        source, list_options<Options>,
      make<D, Options>, size<D, Options>, complete<D, Options>, bag<D, Options>};
}

// One line per descriptor. Raise the version whenever the numbers change.
constexpr std::array kRegistry = {
    entry<HogDescriptor, HogOptions>(1, true, "Histograms of oriented gradients: shapes and layout",
                                     "Dalal & Triggs 2005, as scikit-image 0.19"),
    entry<HsvDescriptor, HsvOptions>(1, true, "Joint histogram of hue, saturation and value: the palette",
                                     "OpenCV 4.6 calcHist"),
    entry<LbpDescriptor, LbpOptions>(1, true, "Uniform local binary patterns: texture",
                                     "Ojala et al. 2002, as scikit-image 0.19"),
    entry<FacesDescriptor, FacesOptions>(1, true, "Frontal faces: whether there are any, and how many",
                                         "Viola & Jones 2001, OpenCV's frontalface_default cascade"),
    entry<PaletteDescriptor, PaletteOptions>(1, false, "The main colours and their shares",
                                             "k-means++ in Lab, Arthur & Vassilvitskii 2007"),
    entry<ColourDescriptor, ColourOptions>(
        1, false, "Colour moments, colourfulness, brightness, contrast, sharpness, hues",
        "Stricker & Orengo 1995; Hasler & Süsstrunk 2003"),
    entry<HsvPyramidDescriptor, HsvPyramidOptions>(1, false, "HSV histograms of the whole and of its parts",
                                                   "Lazebnik, Schmid & Ponce 2006"),
    entry<LabPyramidDescriptor, LabPyramidOptions>(1, false, "Lab histograms of the whole and of its parts",
                                                   "Lazebnik, Schmid & Ponce 2006"),
    entry<CompositionDescriptor, CompositionOptions>(
        1, false, "Edges, symmetry, margins, what stands out, rule of thirds", "saliency: Hou & Zhang 2007"),
    entry<TextDescriptor, TextOptions>(1, false, "Lettering: how much, where, how many lines",
                                       "after Epshtein, Ofek & Wexler 2010"),
    entry<AdvisoryDescriptor, AdvisoryOptions>(
        1, false, "Whether the cover bears the 'Parental Advisory' label, and how large",
        "a drawn label by normalised cross-correlation, Lewis 1995"),
    entry<HogPyramidDescriptor, HogPyramidOptions>(1, false, "Oriented gradients at several scales",
                                                   "Dalal & Triggs 2005"),
    entry<LbpMultiDescriptor, LbpMultiOptions>(1, false, "Local binary patterns of several radii, by place",
                                               "Ojala et al. 2002; Ahonen et al. 2006"),
    entry<GistDescriptor, GistOptions>(1, false, "Gabor energies on a grid: the gist of the scene",
                                       "Oliva & Torralba 2001"),
    entry<WaveletsDescriptor, WaveletsOptions>(1, false, "Wavelet energies of two orders: patterned texture",
                                               "Bruna & Mallat 2013"),
    entry<RegionCovarianceDescriptor, RegionCovarianceOptions>(
        1, false, "How colours, edges and places go together over the picture", "Tuzel, Porikli & Meer 2006"),
    entry<FacesYunetDescriptor, FacesYunetOptions>(
        1, false, "Faces by a network: whether, how many, how large and where", "Wu, Peng & Yu 2023 (YuNet)"),
    entry<EmbeddingDescriptor, EmbeddingOptions>(
        1, false, "What layers of an image network put out: style and content",
        "any ONNX network; by default MobileNetV2, Sandler et al. 2018"),
    entry<SiftDescriptor, SiftOptions>(1, false, "Bag of SIFT at keypoints; needs words in front of a model",
                                       "Lowe 2004, OpenCV 4.6"),
    entry<DenseSiftDescriptor, DenseSiftOptions>(1, false,
                                                 "Bag of SIFT on a grid; needs words in front of a model",
                                                 "Lowe 2004, Lazebnik et al. 2006, OpenCV 4.6"),
    entry<KazeDescriptor, KazeOptions>(1, false, "Bag of KAZE at keypoints; needs words in front of a model",
                                       "Alcantarilla et al. 2012, OpenCV 4.6"),
    entry<AkazeDescriptor, AkazeOptions>(1, false,
                                         "Bag of AKAZE bits at keypoints; needs words in front of a model",
                                         "Alcantarilla et al. 2013, OpenCV 4.6"),
    entry<OrbDescriptor, OrbOptions>(1, false,
                                     "Bag of ORB bits at keypoints; needs words in front of a model",
                                     "Rublee et al. 2011, OpenCV 4.6"),
#ifdef SLEEVE_HAS_SURF
    entry<SurfDescriptor, SurfOptions>(1, false, "Bag of SURF at keypoints; needs words in front of a model",
                                       "Bay et al. 2008, OpenCV's xfeatures2d"),
#endif
};

// Those that not every OpenCV has: what to say where it doesn't.
struct Missing {
  std::string_view name;
  std::string_view why;
};
constexpr std::array kMissing = {
    Missing{"surf", "surf: the OpenCV that sleeve was built with (" CV_VERSION
                    ") has no SURF, which needs its module "
                    "xfeatures2d with OPENCV_ENABLE_NONFREE; sift and kaze are of the same kind"},
};

}  // namespace

std::span<const DescriptorEntry> descriptor_registry() { return kRegistry; }

Result<const DescriptorEntry*> find_descriptor(std::string_view name) {
  std::vector<std::string> known;
  for (const DescriptorEntry& entry : kRegistry) {
    if (entry.name == name) return &entry;
    known.emplace_back(entry.name);
  }
  for (const Missing& missing : kMissing) {
    if (missing.name == name) return Error{ErrorCode::kUsage, std::string(missing.why)};
  }
  return make_error(ErrorCode::kUsage, "there is no descriptor '{}'{}", printable(name),
                    suggestion(name, known));
}

}  // namespace sleeve
