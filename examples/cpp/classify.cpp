// Fits two classes of made-up detections, classifies others, and combines those of each source.
#include <cstdio>
#include <uhuru/method.hpp>

int main() {
  using namespace uhuru;
  using method::ClassId;
  constexpr int count = 400;
  RandomState random(1);
  Matrix features(count, 2);  // one row per detection
  std::vector<std::optional<ClassId>> classes(count);
  for (int row = 0; row < count; ++row) {
    const int id = row % 2;
    features.row(row) << 3 * id + random.normal(), random.normal();
    if (row < count / 2) classes[row] = ClassId(id);  // the other half is not labelled
  }
  method::Settings settings;
  settings.features = {{"hardness", method::Transform::minmax}, {"variability"}};
  settings.classes = {"star", "quasar"};
  settings.groups = {0, 1};
  settings.method = method::Method::bayes;
  settings.mixture.components = 2;
  const Threads threads;
  const Matrix unknown;  // no confidence limits
  const method::Fit fit = method::fit({features, unknown, unknown, classes, {}}, settings, threads);
  const auto posteriors = method::predict(fit.model, {features, unknown, unknown}, threads);

  // Each source has two detections of the same class: rows i and i + 2.
  method::SourceRows sources{{200, 202, 201, 203}, {0, 2, 4}};
  const auto combining = fit.model.combining();
  const auto verdicts = method::vote(posteriors, {}, sources, &*combining, threads);
  for (const auto& verdict : verdicts.of_sources)
    std::printf("source %zu: %s\n", verdict.source,
                settings.classes[method::number_of(verdict.soft)].c_str());
}
