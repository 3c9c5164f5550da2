#include "uhuru/model/model_reader.hpp"

#include <fmt/format.h>

#include <cmath>

#include "uhuru/base/error.hpp"
#include "uhuru/base/text.hpp"

namespace uhuru::model {

using Json = nlohmann::ordered_json;

void ModelReader::fail(const std::string& path, const std::string& expected,
                       const std::string& found) const {
  throw input_error("invalid " + what_, path.empty() ? file_ : file_ + ", " + path, expected,
                    found);
}

const Json& ModelReader::at(const Json& json, const std::string& key,
                            const std::string& path) const {
  if (!json.is_object() || !json.contains(key)) fail(path, "the key " + in_quotes(key));
  return json.at(key);
}

double ModelReader::number(const Json& json, const std::string& path) const {
  if (!json.is_number()) fail(path, "a number", json.dump().substr(0, 40));
  const auto value = json.get<double>();
  if (!std::isfinite(value)) fail(path, "a finite number");
  return value;
}

double ModelReader::number(const Json& json, double least, double most,
                           const std::string& path) const {
  const double value = number(json, path);
  if (!(value >= least && value <= most))
    fail(path, fmt::format("a number between {} and {}", least, most), fmt::format("{}", value));
  return value;
}

size_t ModelReader::count(const Json& json, const std::string& path) const {
  constexpr double most = 1e15;  // all whole numbers up to it are doubles
  const double value = number(json, path);
  if (!(value >= 0 && value <= most && value == std::floor(value)))
    fail(path, "a whole number", json.dump().substr(0, 40));
  return static_cast<size_t>(value);
}

std::string ModelReader::text(const Json& json, const std::string& path) const {
  if (!json.is_string()) fail(path, "a string", json.dump().substr(0, 40));
  return json.get<std::string>();
}

Vector ModelReader::vector(const Json& json, Eigen::Index size, const std::string& path) const {
  if (!json.is_array() || static_cast<Eigen::Index>(json.size()) != size)
    fail(path, fmt::format("{} numbers", size), fmt::format("{}", json.size()));
  Vector result(size);
  for (Eigen::Index i = 0; i < size; ++i) result[i] = number(json[i], path);
  return result;
}

Matrix ModelReader::matrix(const Json& json, Eigen::Index rows, Eigen::Index columns,
                           const std::string& path) const {
  if (!json.is_array() || static_cast<Eigen::Index>(json.size()) != rows)
    fail(path, fmt::format("{} rows", rows), fmt::format("{}", json.size()));
  Matrix result(rows, columns);
  for (Eigen::Index i = 0; i < rows; ++i)
    result.row(i) = vector(json[i], columns, fmt::format("{}[{}]", path, i)).transpose();
  return result;
}

const Json& ModelReader::list(const Json& json, size_t most, const std::string& path) const {
  if (!json.is_array() || json.size() > most) fail(path, fmt::format("a list of up to {}", most));
  return json;
}

Json to_json(const Vector& vector) { return std::vector<double>(vector.begin(), vector.end()); }

Json to_json(const Matrix& matrix) {
  Json rows = Json::array();
  for (Eigen::Index i = 0; i < matrix.rows(); ++i)
    rows.push_back(to_json(Vector(matrix.row(i).transpose())));
  return rows;
}

Json to_json(const method::GaussianMixture& mixture) {
  Json covariances = Json::array();
  for (const Matrix& covariance : mixture.covariances) covariances.push_back(to_json(covariance));
  return {{"weights", to_json(mixture.weights)},
          {"means", to_json(mixture.means)},
          {"covariances", std::move(covariances)}};
}

method::GaussianMixture read_mixture(const ModelReader& reader, const Json& json,
                                     Eigen::Index dimensions, const std::string& path) {
  method::GaussianMixture mixture;
  const Json& weights = reader.at(json, "weights", path);
  const auto k = static_cast<Eigen::Index>(weights.size());
  if (!weights.is_array() || k < 1) reader.fail(path + ".weights", "one number per component");
  mixture.weights = reader.vector(weights, k, path + ".weights");
  if (mixture.weights.minCoeff() < 0 || std::abs(mixture.weights.sum() - 1) > 1e-6)
    reader.fail(path + ".weights", "non-negative numbers that sum to 1");
  mixture.means = reader.matrix(reader.at(json, "means", path), k, dimensions, path + ".means");
  const Json& covariances = reader.at(json, "covariances", path);
  if (!covariances.is_array() || static_cast<Eigen::Index>(covariances.size()) != k)
    reader.fail(path + ".covariances", fmt::format("{} matrices", k));
  for (Eigen::Index c = 0; c < k; ++c)
    mixture.covariances.push_back(reader.matrix(covariances[c], dimensions, dimensions,
                                                fmt::format("{}.covariances[{}]", path, c)));
  try {
    const method::MixtureDensity checked(mixture);
  } catch (const Error& error) {
    reader.fail(path + ".covariances", "positive definite matrices", error.message());
  }
  return mixture;
}

}  // namespace uhuru::model
