// Tables with classes that are not a run's, as CSV: what is understood of them is complete.
#include <fstream>

#include "fuzz.hpp"
#include "uhuru/base/temporary.hpp"
#include "uhuru/base/threads.hpp"
#include "uhuru/io/output_file.hpp"
#include "uhuru/tables/results.hpp"
#include "uhuru/tables/results_path.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace uhuru;
  using namespace uhuru::fuzz;
  static const io::TemporaryFolder folder(temporary_parent());
  static const std::string path = folder.file("fuzz.csv");
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(size));
  only_errors([&] {
    tables::RunTables made;
    const tables::RunFolder run =
        tables::read_results(tables::find_results(path), "", {}, Threads(1), &made);
    const size_t rows = made.clusters.rows();
    require(run.clusters.size() == rows && run.classes.size() == rows &&
                run.standings.size() == rows && made.labels.known.size() == rows,
            "each row has a standing");
    require(run.sources.size() == made.verdicts.of_sources.size(), "each verdict is of a source");
    for (const tables::ClassifiedSource& source : run.sources)
      require(source.probabilities.size() == run.model.recipe.classes.size(),
              "a probability of each class");
  });
  return 0;
}
