// FITS binary and ASCII tables; a table that was read must survive BINARY2.
#include <algorithm>
#include <cstring>
#include <iterator>
#include <random>

#include "fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace uhuru;
  using namespace uhuru::fuzz;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  ReadTable table;
  only_errors([&] { table = read_in_batches(*io::open_table_in_memory(bytes, "fuzz.fits")); });
  if (table.complete) require_round_trip(table.rows, io::Format::votable_binary2);
  return 0;
}

#ifdef UHURU_LIBFUZZER
extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t most);

/// A header consists of cards of 80 characters: inserting or deleting bytes would only shift them.
/// So half of the time the value of a card, or its whole keyword, is replaced in place.
extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t most,
                                          unsigned int seed) {
  static constexpr std::string_view values[] = {"0",
                                                "1",
                                                "2",
                                                "-1",
                                                "8",
                                                "16",
                                                "-32",
                                                "64",
                                                "999",
                                                "1000",
                                                "2147483647",
                                                "2147483648",
                                                "-2147483648",
                                                "9223372036854775807",
                                                "9223372036854775808",
                                                "1E300",
                                                "1.5",
                                                "-0.0",
                                                "NaN",
                                                "T",
                                                "F",
                                                "''",
                                                "'1J'",
                                                "'0J'",
                                                "'99999999J'",
                                                "'2147483648D'",
                                                "'1PJ(3)'",
                                                "'1QD(0)'",
                                                "'PA(10)'",
                                                "'8A'",
                                                "'9A3'",
                                                "'16A:SSTR3/032'",
                                                "'12X'",
                                                "'3L'",
                                                "'2C'",
                                                "'1M'",
                                                "'1K'",
                                                "'F10.3'",
                                                "'I4'",
                                                "'A99'",
                                                "'E0.0'",
                                                "'D99999.9'",
                                                "'(3,2)'",
                                                "'(0)'",
                                                "'(99999,99999)'",
                                                "'BINTABLE'",
                                                "'TABLE'",
                                                "'IMAGE'",
                                                "'long&'",
                                                "'$%^'",
                                                "32768",
                                                "2147483648.0",
                                                "-128"};
  static constexpr std::string_view names[] = {
      "BITPIX  ", "NAXIS   ", "NAXIS1  ", "NAXIS2  ", "NAXIS3  ", "PCOUNT  ", "GCOUNT  ",
      "TFIELDS ", "TFORM1  ", "TFORM2  ", "TBCOL1  ", "TDIM1   ", "TNULL1  ", "TSCAL1  ",
      "TZERO1  ", "THEAP   ", "EXTNAME ", "CONTINUE", "END     ", "ZIMAGE  ", "ZTABLE  ",
      "XTENSION", "SIMPLE  ", "EXTEND  ", "LONGSTRN", "TTYPE1  "};
  constexpr size_t card = 80;
  std::minstd_rand random(seed);
  const auto any = [&](size_t n) { return static_cast<size_t>(random()) % n; };
  if (size < card || any(2) == 0) return LLVMFuzzerMutate(data, size, most);
  uint8_t* const at = data + any(size / card) * card;
  switch (any(4)) {
    case 0:
      std::memcpy(at, names[any(std::size(names))].data(), 8);
      break;
    case 1:
      LLVMFuzzerMutate(at, card, card);
      break;
    default: {
      const auto value = values[any(std::size(values))];
      std::memset(at + 8, ' ', 32);
      at[8] = '=';
      std::memcpy(at + 10, value.data(), value.size());
    }
  }
  return size;
}
#endif
