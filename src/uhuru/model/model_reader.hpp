// Reads parts of a model's JSON, with their place for error messages.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "uhuru/base/matrix.hpp"
#include "uhuru/method/mixture/gaussian_mixture.hpp"

#pragma GCC visibility push(default)
namespace uhuru::model {

/// Values of a model's JSON. All functions throw Error (input) with file and path if a value is
/// missing, has the wrong type or size, or is not finite. Thread-safe.
class ModelReader {
 public:
  using Json = nlohmann::ordered_json;

  /// `what`: the kind of file, for messages.
  explicit ModelReader(std::string file, std::string what = "model")
      : file_(std::move(file)), what_(std::move(what)) {}

  [[noreturn]] void fail(const std::string& path, const std::string& expected,
                         const std::string& found = {}) const;
  const Json& at(const Json& json, const std::string& key, const std::string& path) const;
  double number(const Json& json, const std::string& path) const;
  /// A number in the given range.
  double number(const Json& json, double least, double most, const std::string& path) const;
  /// A whole number from 0 to 10¹⁵.
  size_t count(const Json& json, const std::string& path) const;
  std::string text(const Json& json, const std::string& path) const;
  Vector vector(const Json& json, Eigen::Index size, const std::string& path) const;
  Matrix matrix(const Json& json, Eigen::Index rows, Eigen::Index columns,
                const std::string& path) const;
  /// A list of at most `most` entries.
  const Json& list(const Json& json, size_t most, const std::string& path) const;

 private:
  std::string file_, what_;
};

nlohmann::ordered_json to_json(const Vector& vector);
nlohmann::ordered_json to_json(const Matrix& matrix);
/// Weights, means and covariances.
nlohmann::ordered_json to_json(const method::GaussianMixture& mixture);

/// A mixture with `dimensions` dimensions: non-negative weights, positive definite covariances.
method::GaussianMixture read_mixture(const ModelReader& reader, const nlohmann::ordered_json& json,
                                     Eigen::Index dimensions, const std::string& path);

}  // namespace uhuru::model
#pragma GCC visibility pop
