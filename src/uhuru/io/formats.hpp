// The readers and writers behind table_io.hpp, one pair per format. Only io/ includes this.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "uhuru/io/byte_source.hpp"
#include "uhuru/io/table_io.hpp"
#include "uhuru/io/text_layout.hpp"

namespace uhuru::io {

/// Reopens the same bytes at each call: text needs two passes, one of them for the types.
using SourceOpener = std::function<std::unique_ptr<ByteSource>()>;

/// open_table for a name that stands for one table, or the part of it that this one of `ranks`
/// reads, if the file is neither a stream nor compressed: see open_table_part. Collective.
std::unique_ptr<TableReader> open_single_table(const std::string& name, const Threads& threads,
                                               const Communicator& ranks = Communicator::alone());

/// The readers of the formats. If there are several `ranks`, they all open the same file, which can
/// be read from any place, and each reads its part. Collective.
///
/// `part` is the text after '#': a table number from 1, or empty for the first. A STREAM may refer
/// to a file in `folder`; empty: to none.
std::unique_ptr<TableReader> open_votable(std::unique_ptr<ByteSource> source,
                                          const std::string& part, const std::string& folder,
                                          const Threads& threads,
                                          const Communicator& ranks = Communicator::alone());
std::unique_ptr<TableReader> open_fits(std::unique_ptr<ByteSource> source, const std::string& part,
                                       const Threads& threads,
                                       const Communicator& ranks = Communicator::alone());
std::unique_ptr<TableReader> open_text(const SourceOpener& open, const TextHints& hints,
                                       const Threads& threads,
                                       const Communicator& ranks = Communicator::alone());

/// `format` is one of the three VOTable formats.
std::unique_ptr<TableWriter> create_votable(std::unique_ptr<OutputFile> file, const Table& header,
                                            const Threads& threads, Format format);
std::unique_ptr<TableWriter> create_fits(const std::string& path, const Table& header,
                                         const WriteOptions& options);
/// `format` is csv, tsv or ecsv.
std::unique_ptr<TableWriter> create_text(const std::string& path, const Table& header,
                                         const WriteOptions& options, Format format);

}  // namespace uhuru::io
