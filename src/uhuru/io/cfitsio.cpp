#include "uhuru/io/cfitsio.hpp"

#include <fitsio.h>
#include <fmt/format.h>

namespace uhuru {

int fits_memory_type(Type type) {
  switch (type) {
    case Type::boolean:
      return TLOGICAL;
    case Type::byte:
      return TBYTE;
    case Type::int16:
      return TSHORT;
    case Type::int32:
      return TINT;
    case Type::int64:
      return TLONGLONG;
    case Type::float32:
      return TFLOAT;
    default:
      return TDOUBLE;
  }
}

std::string fits_message(int status) {
  char text[FLEN_STATUS] = "";
  char detail[FLEN_ERRMSG] = "";
  fits_get_errstatus(status, text);
  fits_read_errmsg(detail);
  fits_clear_errmsg();
  return *detail ? fmt::format("{} ({})", text, detail) : text;
}

}  // namespace uhuru
