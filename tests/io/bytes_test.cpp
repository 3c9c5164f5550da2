// Input and output of bytes: gzip, base64, encodings, files that appear complete or not at all.
#include <gtest/gtest.h>

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "support/support.hpp"
#include "uhuru/base/numpy.hpp"
#include "uhuru/io/base64.hpp"
#include "uhuru/io/byte_source.hpp"
#include "uhuru/io/output_file.hpp"
#include "uhuru/io/utf8.hpp"

namespace uhuru {
namespace {

using testing::error_of;

std::string all_of(io::ByteSource& source) {
  std::string all;
  for (auto bytes = source.next(); !bytes.empty(); bytes = source.next()) all += bytes;
  return all;
}

std::string random_bytes(size_t size, uint32_t seed) {
  RandomState random(seed);
  std::string bytes(size, '\0');
  for (char& c : bytes) c = static_cast<char>(random.integer(256));
  return bytes;
}

TEST(ByteSource, UnpacksGzipInAllItsForms) {
  const std::string content = random_bytes(300000, 1);
  const std::string packed = testing::gzip(content);
  for (const std::string& bytes :
       {packed, packed + testing::gzip("tail"), packed + std::string(100, '\0')}) {
    const auto source = io::ByteSource::from_memory(bytes, "a.gz");
    EXPECT_EQ(source->peek(), content.substr(0, 4096));
    EXPECT_TRUE(source->was_gzip());
    const std::string all = all_of(*source);
    EXPECT_EQ(all.substr(0, content.size()), content);
    EXPECT_EQ(all.size() - content.size(),
              bytes.ends_with('\0') && bytes.size() == packed.size() + 100 ? 0
              : bytes.size() == packed.size()                              ? 0
                                                                           : 4);
  }
  const auto plain = io::ByteSource::from_memory(content, "a");
  EXPECT_EQ(all_of(*plain), content);
  EXPECT_EQ(io::ByteSource::from_memory("x", "a")->peek(), "x");
  EXPECT_EQ(io::ByteSource::from_memory("", "a")->peek(), "");
}

TEST(ByteSource, SaysWhereGzipBreaks) {
  const std::string packed = testing::gzip(random_bytes(50000, 2));
  for (const size_t size : {packed.size() - 1, packed.size() / 2, size_t{11}, size_t{3}}) {
    const Error error =
        error_of([&] { all_of(*io::ByteSource::from_memory(packed.substr(0, size), "a.gz")); });
    EXPECT_EQ(error.message(), "the gzip file is truncated");
    EXPECT_EQ(error.where(), "a.gz");
  }
  std::string damaged = packed;
  damaged[damaged.size() / 2] ^= 0x55;
  damaged[damaged.size() - 6] ^= 0x55;  // the checksum, if the data still decompress
  EXPECT_EQ(error_of([&] { all_of(*io::ByteSource::from_memory(damaged, "a.gz")); }).message(),
            "the gzip file is corrupt");
}

TEST(Base64, ComesBackWhateverThePieces) {
  RandomState random(4);
  for (size_t size = 0; size < 200; ++size) {
    const std::string bytes = random_bytes(size, static_cast<uint32_t>(size));
    io::Base64Encoder encoder;
    std::string text;
    for (size_t at = 0; at < size;) {
      const size_t piece = 1 + random.integer(10);
      encoder.encode(std::string_view(bytes).substr(at, piece), text);
      at += piece;
    }
    encoder.finish(text);
    io::Base64Decoder decoder;
    std::string again;
    for (size_t at = 0; at < text.size();) {
      const size_t piece = 1 + random.integer(10);
      decoder.decode(std::string_view(text).substr(at, piece), again);
      decoder.decode(" \n", again);
      at += piece;
    }
    EXPECT_EQ(again, bytes);
  }
  std::string out;
  io::Base64Encoder encoder;
  encoder.encode("Ma", out);
  encoder.finish(out);
  EXPECT_EQ(out, "TWE=");
  EXPECT_EQ(error_of([] {
              std::string bytes;
              io::Base64Decoder().decode("TW*=", bytes);
            }).message(),
            "the base64 data are corrupt");
}

TEST(Utf8, ReadsLatin1WhereItIsNoUtf8) {
  EXPECT_EQ(io::to_utf8("plain"), "plain");
  EXPECT_EQ(io::to_utf8("\xc3\x85"), "Å");
  EXPECT_EQ(io::to_utf8("\xc5"), "Å");
  EXPECT_EQ(io::to_utf8(std::string_view("ab\0cd", 5)), "ab");
  bool ascii = true;
  EXPECT_TRUE(io::is_utf8("Ångström ± 🚀", &ascii));
  EXPECT_FALSE(ascii);
  for (const char* bad : {"\xc0\x80", "\xed\xa0\x80", "\xf5\x80\x80\x80", "\xe2\x82", "\x80"})
    EXPECT_FALSE(io::is_utf8(bad)) << bad;
}

TEST(Utf8, GoesThroughUtf16) {
  for (const char* text : {"", "abc", "Å±", "🚀 x", "\xef\xbf\xbd"})
    EXPECT_EQ(io::utf8_from_utf16be(io::utf16be_from_utf8(text)), text);
  EXPECT_EQ(io::utf16be_from_utf8("A±"), std::string("\0A\0\xb1", 4));
  EXPECT_EQ(io::utf8_from_utf16be(std::string("\xd8\x00\0A", 4)),
            "\xef\xbf\xbd"
            "A");
}

TEST(OutputFile, AppearsCompleteOrNotAtAll) {
  const testing::ScratchFolder scratch;
  {
    io::OutputFile file(scratch / "a.csv", io::Overwrite::no);
    file.write("half");
    EXPECT_EQ(scratch.files().size(), 1u);  // under another name
    EXPECT_FALSE(std::filesystem::exists(scratch / "a.csv"));
  }
  EXPECT_TRUE(scratch.files().empty());
  {
    io::OutputFile file(scratch / "a.csv.gz", io::Overwrite::no);
    file.write("whole");
    file.commit();
  }
  EXPECT_EQ(scratch.files(), std::vector<std::string>{"a.csv.gz"});
  EXPECT_EQ(all_of(*io::ByteSource::open(scratch / "a.csv.gz")), "whole");
  EXPECT_EQ(error_of([&] { io::OutputFile(scratch / "a.csv.gz", io::Overwrite::no); }).kind(),
            ErrorKind::usage);
  {
    io::OutputFile file(scratch / "a.csv.gz", io::Overwrite::yes);
    file.write("new");
    EXPECT_EQ(all_of(*io::ByteSource::open(scratch / "a.csv.gz")), "whole");
    file.commit();
  }
  EXPECT_EQ(all_of(*io::ByteSource::open(scratch / "a.csv.gz")), "new");
  EXPECT_EQ(error_of([&] { io::OutputFile(scratch / "none/a.csv", io::Overwrite::no); }).kind(),
            ErrorKind::input);
}

TEST(OutputFile, TellsOfAFullDisk) {
  io::OutputFile file("/dev/full", io::Overwrite::no);
  const Error error = error_of([&] {
    file.write("x");
    file.commit();
  });
  EXPECT_EQ(error.message(), "cannot write the file");
  EXPECT_EQ(error.found(), "No space left on device");
}

TEST(PendingPath, RemovesWhatKilledProcessesLeft) {
  const testing::ScratchFolder scratch;
  /// The files in the folder after a process writing to `target` was killed.
  const auto killed_while_writing = [&](const std::string& target, bool folder) {
    const pid_t child = fork();
    if (child == 0) {
      io::PendingPath pending(target);
      if (folder) std::filesystem::create_directory(pending.path());
      std::ofstream(folder ? pending.path() + "/a" : pending.path()) << "half";
      _exit(0);  // no destructor
    }
    waitpid(child, nullptr, 0);
    return scratch.files();
  };
  const pid_t child = fork();
  if (child == 0) {
    new io::TemporaryFolder(scratch / "");
    _exit(0);
  }
  waitpid(child, nullptr, 0);
  EXPECT_EQ(scratch.files().size(), 1u);
  {
    const io::TemporaryFolder another(scratch / "");
    EXPECT_EQ(scratch.files().size(), 1u);
  }
  EXPECT_EQ(killed_while_writing(scratch / "a", false).size(), 1u);
  EXPECT_EQ(killed_while_writing(scratch / "b", true).size(), 2u);
  EXPECT_EQ(killed_while_writing(scratch / "a", false).size(), 2u);  // the former is gone

  const io::PendingPath living(scratch / "a");
  testing::write_file(living.path(), "half");
  testing::write_file(scratch / ".a.elsewhere-1-0.partial", "of another machine");
  testing::write_file(scratch / ".a.b.partial", "of somebody");
  { io::OutputFolder(scratch / "b", {}, io::Overwrite::no).commit(); }
  { io::OutputFile(scratch / "a", io::Overwrite::no).commit(); }
  std::vector<std::string> expected = {".a.b.partial", ".a.elsewhere-1-0.partial",
                                       std::filesystem::path(living.path()).filename(), "a", "b"};
  std::sort(expected.begin(), expected.end());
  EXPECT_EQ(scratch.files(), expected);
}

TEST(OutputFolder, AppearsCompleteOrNotAtAll) {
  const testing::ScratchFolder scratch;
  {
    io::OutputFolder folder(scratch / "out", {"a"}, io::Overwrite::no);
    testing::write_file(folder.file("a"), "half");
  }
  EXPECT_TRUE(scratch.files().empty());
  for (const io::Overwrite overwrite : {io::Overwrite::no, io::Overwrite::yes}) {
    io::OutputFolder folder(scratch / "out/", {"a"}, overwrite);
    testing::write_file(folder.file("a"), overwrite == io::Overwrite::no ? "old" : "new");
    folder.commit();
  }
  EXPECT_EQ(scratch.files(), std::vector<std::string>{"out"});
  EXPECT_EQ(testing::read_file(scratch / "out/a"), "new");
  EXPECT_EQ(error_of([&] { io::OutputFolder(scratch / "out", {"a"}, io::Overwrite::no); }).kind(),
            ErrorKind::usage);
  io::OutputFolder other(scratch / "out", {"b"},
                         io::Overwrite::no);  // in addition to existing files
  testing::write_file(other.file("b"), "b");
  other.commit();
  EXPECT_EQ(testing::read_file(scratch / "out/a"), "new");
  EXPECT_EQ(
      error_of([&] { io::OutputFolder(scratch / "out/a", {"b"}, io::Overwrite::yes); }).kind(),
      ErrorKind::usage);
}

}  // namespace
}  // namespace uhuru
