#include "uhuru/io/input.hpp"

#include <filesystem>

#include "uhuru/base/hash.hpp"
#include "uhuru/base/temporary.hpp"
#include "uhuru/io/output_file.hpp"
#include "uhuru/io/pending_path.hpp"

namespace uhuru::io {

Input::Input(const std::string& name, OpenTable open_elsewhere)
    : name_(name),
      path_(name),
      open_elsewhere_(std::move(open_elsewhere)),
      sha256_(std::async(std::launch::deferred, [this] { return compute_sha256(); }).share()) {
  if (open_elsewhere_) return;
  const auto [file, part] = split_table_name(name);
  std::error_code ignored;
  const auto status = std::filesystem::status(file, ignored);
  const bool is_pipe = exists(status) && !is_regular_file(status) && !is_directory(status);
  if (file != "-" && !is_pipe) return;
  if (file == "-") name_ = "standard input";
  const auto source = ByteSource::open(file);
  spool_ = std::make_unique<SpooledFile>(*source);
  part_ = part;
  path_ = spool_->path();
}

std::unique_ptr<TableReader> Input::open(const Threads& threads) const {
  if (open_elsewhere_) return open_elsewhere_();
  if (!spool_) return open_table(path_, threads);
  if (!part_.empty()) return open_table(path_ + "#" + part_, threads);
  return open_table_file(path_, name_, threads);
}

std::unique_ptr<TableReader> Input::open_part(const Threads& threads) const {
  if (threads.ranks().is_alone()) return open(threads);
  return open_table_part(path_, threads);
}

NamedDigest Input::digest() const {
  return {open_elsewhere_ || spool_ ? name_ : bare_table_name(name_), sha256()};
}

std::string Input::compute_sha256() const {
  if (!open_elsewhere_) return sha256_of_file(split_table_name(path_).first);
  const TemporaryFolder folder(temporary_parent());
  const std::string copy = folder.file("table.vot");
  const auto reader = open_elsewhere_();
  WriteOptions options;
  options.format = Format::votable_binary2;
  const auto writer = create_table(copy, reader->header(), options);
  Table batch = reader->header().empty_copy();
  while (reader->read(batch)) writer->write(batch);
  writer->commit();
  return sha256_of_file(copy);
}

WriteOptions with_inputs(WriteOptions options, const std::vector<const Input*>& inputs) {
  if (!options.provenance.valid()) return options;
  options.provenance = std::async(std::launch::deferred, [earlier = options.provenance, inputs] {
                         Provenance provenance = earlier.get();
                         for (const Input* input : inputs)
                           provenance.inputs.push_back(input->digest());
                         return provenance;
                       }).share();
  return options;
}

}  // namespace uhuru::io
