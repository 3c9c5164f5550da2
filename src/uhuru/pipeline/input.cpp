#include "uhuru/pipeline/input.hpp"

#include "uhuru/base/hash.hpp"

namespace uhuru {

Input::Input(const std::string& name) : name_(name), path_(name) {
  if (name != "-") return;
  const auto source = ByteSource::open("-");
  spool_ = std::make_unique<SpooledFile>(*source);
  path_ = spool_->path();
}

std::unique_ptr<TableReader> Input::open(const Threads& threads) const {
  return spool_ ? open_table_file(path_, name(), threads) : open_table(path_, threads);
}

std::string Input::sha256() const { return sha256_of_file(split_table_name(path_).first); }

}  // namespace uhuru
