// SPDX-License-Identifier: Apache-2.0
// quickstart MODEL.sleeve COVER…: the whole public interface in use.
#include <iostream>

#include <sleeve/predictor.h>
#include <sleeve/version.h>

int main(int argc, char** argv) {
  if (argc < 2) {
    std::cout << "sleeve " << sleeve::kVersion << '\n';
    return 0;
  }
  const auto predictor = sleeve::Predictor::load(argv[1]);
  if (!predictor.ok()) {
    std::cerr << sleeve::name_of(predictor.error().code) << ": " << predictor.error().message << '\n';
    return 1;
  }
  for (int i = 2; i < argc; ++i) {
    const auto prediction = predictor->predict_file(argv[i]);
    if (!prediction.ok()) {
      std::cerr << prediction.error().message << '\n';
      return 1;
    }
    std::cout << argv[i] << ": " << prediction->best << ' ' << prediction->confidence << '\n';
  }
  return 0;
}
