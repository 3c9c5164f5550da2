// Lists of tables: each line a name, a pattern, a folder or another list.
#include <fstream>

#include "fuzz.hpp"
#include "uhuru/base/temporary.hpp"
#include "uhuru/io/output_file.hpp"
#include "uhuru/io/table_names.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace uhuru;
  using namespace uhuru::fuzz;
  static const io::TemporaryFolder folder(temporary_parent());
  static const std::string path = folder.file("list");
  for (const char* name : {"a.csv", "b.fits", "c.txt"})
    std::ofstream(folder.file(name)) << "x\n1\n";
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  // Other folders of this machine are not to be walked through.
  if (text.find('/') != std::string_view::npos || text.find("..") != std::string_view::npos)
    return 0;
  std::ofstream(path, std::ios::binary) << text;
  only_errors([&] {
    for (const std::string& name : io::expand_table_name("@" + path))
      require(!name.empty() && name.find('\0') == std::string::npos, "names of files");
  });
  return 0;
}
