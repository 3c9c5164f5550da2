#include "uhuru/io/input.hpp"

#include <filesystem>

#include "uhuru/base/hash.hpp"
#include "uhuru/base/temporary.hpp"
#include "uhuru/io/formats.hpp"
#include "uhuru/io/output_file.hpp"
#include "uhuru/io/pending_path.hpp"
#include "uhuru/io/table_names.hpp"

namespace uhuru::io {

namespace {

/// Of the lines that sha256sum writes.
std::string sha256_of_all(const std::vector<NamedDigest>& digests) {
  std::string lines;
  for (const NamedDigest& digest : digests) lines += digest.sha256 + "  " + digest.name + "\n";
  return sha256_of_text(lines);
}

}  // namespace

Input::Input(const std::string& name, OpenTable open_elsewhere)
    : Input(name, open_elsewhere, !open_elsewhere && is_joined(name)) {}

Input::Input(const std::string& name, OpenTable open_elsewhere, bool is_several)
    : name_(name),
      path_(name),
      open_elsewhere_(std::move(open_elsewhere)),
      sha256_(std::async(std::launch::deferred, [this] { return compute_sha256(); }).share()) {
  if (is_several) {
    name_ = shown_table_name(name);
    parts_ = parts_of(name);
  } else if (!open_elsewhere_) {
    copy_stream(name);
  }
}

Input::Parts Input::parts_of(const std::string& name) {
  Parts parts;
  for (const std::string& table : expand_table_name(name))
    parts.push_back(std::shared_ptr<const Input>(new Input(table, {}, false)));
  return parts;
}

std::vector<JoinedPart> Input::joined(const Parts& parts) {
  std::vector<JoinedPart> result;
  for (const auto& part : parts)
    result.push_back(
        {part->name(), [part](const Threads& threads) { return part->open(threads); }});
  return result;
}

std::vector<JoinedPart> joined_inputs(const std::string& name) {
  return Input::joined(Input::parts_of(name));
}

/// What can be read only once.
void Input::copy_stream(const std::string& name) {
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
  if (is_several()) return open_joined(joined(parts_), threads);
  if (!spool_) return open_single_table(path_, threads);
  if (!part_.empty()) return open_single_table(path_ + "#" + part_, threads);
  return open_table_file(path_, name_, threads);
}

std::unique_ptr<TableReader> Input::open_part(const Threads& threads) const {
  if (threads.ranks().is_alone()) return open(threads);
  return open_table_part(path_, threads);
}

std::vector<NamedDigest> Input::digests() const {
  std::vector<NamedDigest> result;
  for (const auto& part : parts_) result.push_back(part->digests().front());
  if (parts_.empty())
    result.push_back({open_elsewhere_ || spool_ ? name_ : bare_table_name(name_), sha256()});
  return result;
}

std::vector<NamedDigest> digests_for_header(std::vector<NamedDigest> digests,
                                            const std::string& name) {
  constexpr size_t most = 1000;
  if (digests.size() > most) return {{bare_table_name(name), sha256_of_all(digests)}};
  return digests;
}

std::string Input::compute_sha256() const {
  if (is_several()) return sha256_of_all(digests());
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
  options.provenance =
      std::async(std::launch::deferred, [earlier = options.provenance, inputs] {
        Provenance provenance = earlier.get();
        for (const Input* input : inputs)
          for (NamedDigest& digest : digests_for_header(input->digests(), input->name()))
            provenance.inputs.push_back(std::move(digest));
        return provenance;
      }).share();
  return options;
}

}  // namespace uhuru::io
