#include "uhuru/io/input.hpp"

#include <filesystem>

#include "uhuru/base/hash.hpp"

namespace uhuru::io {

Input::Input(const std::string& name) : name_(name), path_(name) {
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
  if (!spool_) return open_table(path_, threads);
  if (!part_.empty()) return open_table(path_ + "#" + part_, threads);
  return open_table_file(path_, name_, threads);
}

std::string Input::sha256() const { return sha256_of_file(split_table_name(path_).first); }

}  // namespace uhuru::io
