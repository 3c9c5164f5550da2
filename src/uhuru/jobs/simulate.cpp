#include "uhuru/jobs/simulate.hpp"

#include <fmt/format.h>

#include <Eigen/Cholesky>
#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "uhuru/base/error.hpp"
#include "uhuru/base/numpy.hpp"
#include "uhuru/base/text.hpp"
#include "uhuru/recipe/columns.hpp"
#include "uhuru/recipe/expression.hpp"
#include "uhuru/sky/position_columns.hpp"
#include "uhuru/sky/sphere.hpp"
#include "uhuru/tables/result_fields.hpp"

namespace uhuru::jobs {
namespace {

constexpr uint64_t simulated_at_a_time = 8192;
constexpr double counterpart_scatter_arcsec = 0.3;  // about the catalog's positional accuracy

/// A position as a name: "053514.512-052230.21", precise enough for distinct names in crowded
/// fields.
std::string coordinate_name(const sky::SkyPosition& position) {
  const auto ra_ms = static_cast<int64_t>(position.ra_deg / 15 * 3600 * 1000) % 86400000;
  const auto dec_cs = static_cast<int64_t>(std::abs(position.dec_deg) * 3600 * 100);
  return fmt::format("{:02}{:02}{:02}.{:03}{}{:02}{:02}{:02}.{:02}", ra_ms / 3600000,
                     ra_ms / 60000 % 60, ra_ms / 1000 % 60, ra_ms % 1000,
                     position.dec_deg < 0 ? '-' : '+', dec_cs / 360000, dec_cs / 6000 % 60,
                     dec_cs / 100 % 60, dec_cs % 100);
}

size_t draw(std::span<const double> parts, RandomState& random) {
  double sum = 0;
  for (const double part : parts) sum += part;
  double left = random.uniform() * sum;
  for (size_t i = 0; i < parts.size(); ++i) {
    left -= parts[i];
    if (left < 0) return i;
  }
  return parts.size() - 1;
}

struct Source {
  std::string name;
  sky::SkyPosition position;
  std::string label;  // "" for none
  std::vector<int64_t> observations;
  Matrix features;  // unscaled, detections × features
};

class Simulator {
 public:
  Simulator(const model::RecipeModel& model)
      : model_(model),
        settings_(model.recipe.simulation),
        random_(0),
        weights_(model.mixture.weights.begin(), model.mixture.weights.end()) {
    for (const Matrix& covariance : model.mixture.covariances)
      roots_.push_back(Eigen::LLT<Matrix>(covariance).matrixL());
    compile_columns();
  }

  void start_block(uint32_t seed, uint64_t block) {
    const std::array<uint32_t, 3> key = {seed, static_cast<uint32_t>(block),
                                         static_cast<uint32_t>(block >> 32)};
    random_ = RandomState(key);
  }

  Table detections_header() const {
    const recipe::Recipe& recipe = model_.recipe;
    Table table;
    table.name = "simulated_detections";
    const auto add_identity = [&](const std::string& name, Type type) {
      table.add(tables::identity_field(make_field(name, type, ""), name, recipe));
    };
    add_identity(recipe.name_column, Type::text);
    if (has_observations()) add_identity(recipe.observation_column, Type::int64);
    if (recipe.has_positions()) {
      add_identity(recipe.ra_column, Type::float64);
      add_identity(recipe.dec_column, Type::float64);
    }
    for (const size_t f : written_features_) table.add(recipe.features[f].field());
    for (const recipe::SimulatedColumn& column : settings_.columns) {
      Field field = make_field(column.name, Type::float64, "");
      field.unit = column.unit;
      field = recipe::carried_field(std::move(field), column.name, recipe);
      if (field.description.empty()) field.description = "Simulated: " + column.expression;
      if (field.ucd.empty()) field.ucd = "stat.value";
      table.add(std::move(field));
    }
    return table;
  }
  Table labels_header() const {
    const recipe::LabelSettings& labels = model_.recipe.labels;
    Table table;
    table.name = "simulated_labels";
    const auto add_named = [&](const std::string& name, Type type, const char* unit,
                               const char* description, const char* ucd) {
      if (name.empty()) return;
      table.add(make_field(name, type, description, ucd)).field.unit = unit;
    };
    add_named(labels.name_column, Type::text, "", "Name of the source", "meta.id;meta.main");
    add_named(labels.ra_column, Type::float64, "deg", "Right ascension of the counterpart, ICRS",
              "pos.eq.ra;meta.main");
    add_named(labels.dec_column, Type::float64, "deg", "Declination of the counterpart, ICRS",
              "pos.eq.dec;meta.main");
    add_named(labels.type_column, Type::text, "", "Label of the counterpart", "src.class");
    add_named(labels.separation_column, Type::float64, "arcsec",
              "Distance of the counterpart from the source", "pos.angDistance");
    return table;
  }

  Source draw_source(uint64_t most_detections) {
    Source source;
    const uint64_t drawn = draw_detections();
    const auto count = has_observations() ? std::min<uint64_t>(most_detections, drawn) : 1;
    source.features = draw_features(count);
    const auto id = draw_class(source.features);
    source.position = draw_position(id);
    source.name = settings_.name_prefix + coordinate_name(source.position);
    if (id && random_.uniform() < settings_.labelled) source.label = model_.recipe.class_name(*id);
    auto observation = static_cast<int64_t>(100 + random_.integer(28000));
    for (uint64_t i = 0; i < count; ++i) {
      source.observations.push_back(observation);
      observation += static_cast<int64_t>(1 + random_.integer(20));
    }
    return source;
  }

  void append(const Source& source, Table& detections, Table& labels) {
    for (size_t i = 0; i < source.observations.size(); ++i) append_detection(source, i, detections);
    if (source.label.empty()) return;
    const double distance = std::abs(random_.normal()) * counterpart_scatter_arcsec / 3600;
    const sky::SkyPosition counterpart =
        sky::offset_position(source.position, distance, 360 * random_.uniform());
    const recipe::LabelSettings& names = model_.recipe.labels;
    size_t c = 0;
    const auto append = [&](const std::string& name, auto value) {
      if (name.empty()) return;
      if constexpr (std::is_same_v<decltype(value), double>)
        labels.columns[c++].append(value);
      else
        labels.columns[c++].append_text(value);
    };
    append(names.name_column, source.name);
    append(names.ra_column, counterpart.ra_deg);
    append(names.dec_column, counterpart.dec_deg);
    append(names.type_column, source.label);
    append(names.separation_column, sky::separation_arcsec(source.position, counterpart));
  }

  bool has_observations() const { return !model_.recipe.observation_column.empty(); }

 private:
  /// Names of the values available to expressions: all features, then the preceding columns.
  void compile_columns() {
    std::vector<std::string> names = model_.recipe.feature_names();
    const recipe::Expression::Functions functions = {
        {"normal", [this] { return random_.normal(); }},
        {"uniform", [this] { return random_.uniform(); }}};
    for (size_t f = 0; f < model_.recipe.features.size(); ++f)
      if (model_.recipe.features[f].expression.empty()) written_features_.push_back(f);
    for (const recipe::SimulatedColumn& column : settings_.columns) {
      auto& compiled = columns_.emplace_back(recipe::Expression(column.expression, functions));
      for (const recipe::Operand& read : compiled.expression.operands()) {
        const std::string& variable = read.column;
        if (read.is_of_text())
          throw input_error("a simulated column compares with a text", "column " + column.name,
                            "numbers", in_quotes(read.texts.front()));
        const auto found = std::find(names.begin(), names.end(), variable);
        if (found == names.end())
          throw input_error(
              "unknown name in a simulated column", "column " + column.name,
              "a feature, or a preceding simulated column" + did_you_mean(variable, names),
              variable);
        compiled.operands.push_back(static_cast<size_t>(found - names.begin()));
      }
      names.push_back(column.name);
    }
    for (const recipe::SimulatedMissing& missing : settings_.missing) {
      auto& places = missing_.emplace_back();
      for (const std::string& column : missing.columns) {
        const auto found = std::find(names.begin(), names.end(), column);
        if (found == names.end())
          throw input_error("unknown name in [[simulate.missing]]", "",
                            "a feature or simulated column", column);
        places.push_back(static_cast<size_t>(found - names.begin()));
      }
    }
  }

  uint64_t draw_detections() {
    switch (draw(settings_.detections, random_)) {
      case 0:
        return 1;
      case 1:
        return 2;
      case 2:
        return 3 + random_.integer(8);
      default:
        return 11 + random_.integer(90);
    }
  }

  /// A scaled value moved to where values of the feature can be.
  double within_bounds(size_t f, double value) const {
    const recipe::Feature& feature = model_.recipe.features[f];
    const method::FeatureScale& scale = model_.scaling[f];
    using enum method::Transform;
    if (scale.transform == minmax || scale.transform == log_minmax || scale.transform == rank)
      return std::clamp(value, 0.0, 1.0);
    if (!feature.range) return value;
    const double least = scale.apply(feature.range->first);
    const double greatest = scale.apply(feature.range->second);
    if (value < least) value = least;  // not if a bound is infinite, or NaN
    if (value > greatest) value = greatest;
    return value;
  }

  Matrix draw_features(uint64_t count) {
    const size_t cluster = draw(weights_, random_);
    const auto d = model_.mixture.dimensions();
    Matrix features(static_cast<Eigen::Index>(count), d);
    Vector normal(d);
    last_cluster_ = method::ClusterId(cluster);
    scaled_.resize(static_cast<Eigen::Index>(count), d);
    for (Eigen::Index i = 0; i < features.rows(); ++i) {
      for (double& value : normal) value = random_.normal();
      scaled_.row(i) = model_.mixture.means.row(cluster) + (roots_[cluster] * normal).transpose();
      for (Eigen::Index f = 0; f < d; ++f) {
        double& value = scaled_(i, f);
        value = within_bounds(static_cast<size_t>(f), value);
        features(i, f) = model_.scaling[f].invert(value);
      }
    }
    return features;
  }

  /// From the mean of the detections' class probabilities; nothing if the model has no classes.
  std::optional<method::ClassId> draw_class(const Matrix& features) {
    if (!model_.has_classes()) return std::nullopt;
    const size_t count = model_.recipe.classes.size();
    std::vector<double> one(count);
    std::vector<double> sum(count);
    bool any = false;
    for (Eigen::Index i = 0; i < features.rows(); ++i) {
      any |= method::class_probabilities(model_.scores, last_cluster_, scaled_.row(i).data(), one);
      for (size_t c = 0; c < count; ++c) sum[c] += one[c];
    }
    if (!any) return std::nullopt;
    return method::ClassId(draw(sum, random_));
  }

  sky::SkyPosition draw_position(std::optional<method::ClassId> id) {
    std::vector<double> weights;
    std::vector<const recipe::SimulatedField*> fields;
    for (const recipe::SimulatedField& field : settings_.fields)
      if (id && std::find(field.classes.begin(), field.classes.end(),
                          model_.recipe.class_name(*id)) != field.classes.end()) {
        fields.push_back(&field);
        weights.push_back(field.weight);
      }
    const recipe::SimulatedField whole_sky;
    const recipe::SimulatedField& field =
        fields.empty() ? whole_sky : *fields[draw(weights, random_)];
    // Uniform over the cap.
    const double height = 1 - std::cos(field.radius_deg * sky::radians_per_degree);
    const double distance =
        std::acos(std::clamp(1 - random_.uniform() * height, -1.0, 1.0)) / sky::radians_per_degree;
    return sky::offset_position({field.ra_deg, field.dec_deg}, distance, 360 * random_.uniform());
  }

  void append_detection(const Source& source, size_t i, Table& detections) {
    const auto row = source.features.row(static_cast<Eigen::Index>(i));
    std::vector<double> values(row.begin(), row.end());
    std::vector<double> operands;
    for (Compiled& column : columns_) {
      operands.clear();
      for (size_t k = 0; k < column.operands.size(); ++k) {
        const double value = values[column.operands[k]];
        const bool is_number = column.expression.operands()[k].reads == recipe::Reads::number;
        operands.push_back(is_number ? value : std::isnan(value) ? 1.0 : 0.0);
      }
      values.push_back(column.expression(operands));
    }
    for (size_t m = 0; m < missing_.size(); ++m)
      if (random_.uniform() < settings_.missing[m].fraction)
        for (const size_t place : missing_[m]) values[place] = std::nan("");
    size_t c = 0;
    detections.columns[c++].append_text(source.name);
    if (has_observations()) detections.columns[c++].append(source.observations[i]);
    if (model_.recipe.has_positions()) {
      detections.columns[c++].append(source.position.ra_deg);
      detections.columns[c++].append(source.position.dec_deg);
    }
    for (const size_t f : written_features_) detections.columns[c++].append_number(values[f]);
    for (size_t k = 0; k < columns_.size(); ++k)
      detections.columns[c++].append_number(values[model_.recipe.features.size() + k]);
  }

  struct Compiled {
    explicit Compiled(recipe::Expression e) : expression(std::move(e)) {}
    recipe::Expression expression;
    std::vector<size_t> operands;  // indices in the row of values
  };

  const model::RecipeModel& model_;
  const recipe::SimulationSettings& settings_;
  RandomState random_;
  std::vector<double> weights_;
  std::vector<Matrix> roots_;  // Cholesky factors of the covariances
  std::vector<Compiled> columns_;
  std::vector<std::vector<size_t>> missing_;
  std::vector<size_t> written_features_;
  Matrix scaled_;  // of the source drawn last
  method::ClusterId last_cluster_{};
};

}  // namespace

SimulateSummary simulate(const SimulateOptions& options, const model::RecipeModel& model,
                         const Progress& progress) {
  if (options.rows == 0)
    throw Error(ErrorKind::usage, "nothing to simulate", "--rows", "1 or more", "0");
  Simulator simulator(model);
  Table detections = simulator.detections_header();
  Table labels = simulator.labels_header();
  const recipe::Recipe& recipe = model.recipe;
  sky::declare_icrs({recipe.ra_column, recipe.dec_column}, detections);
  sky::declare_icrs({recipe.labels.ra_column, recipe.labels.dec_column}, labels);
  io::OutputGroup outputs;
  io::WriteOptions write = options.write;
  write.group = &outputs;
  const auto writer = io::create_table(options.out, detections, write);
  std::unique_ptr<io::TableWriter> labels_writer;
  if (options.labels_out) {
    io::WriteOptions label_options = write;
    if (io::format_of_name(*options.labels_out)) label_options.format.reset();
    labels_writer = io::create_table(*options.labels_out, labels, label_options);
  }
  SimulateSummary summary;
  for (uint64_t block = 0; summary.rows < options.rows; ++block) {
    simulator.start_block(options.seed, block);
    detections.clear_rows();
    labels.clear_rows();
    const uint64_t wanted = std::min(simulated_at_a_time, options.rows - summary.rows);
    while (detections.rows() < wanted) {
      const Source source = simulator.draw_source(wanted - detections.rows());
      simulator.append(source, detections, labels);
      ++summary.sources;
      if (!source.label.empty()) {
        ++summary.labelled_sources;
        summary.labelled_rows += source.observations.size();
      }
    }
    summary.rows += wanted;
    writer->write(detections);
    if (labels_writer) labels_writer->write(labels);
    if (progress) progress("simulate", summary.rows, options.rows);
  }
  writer->commit();
  if (labels_writer) labels_writer->commit();
  outputs.commit();
  return summary;
}

}  // namespace uhuru::jobs
