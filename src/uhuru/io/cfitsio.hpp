// Helpers for reading and writing FITS with CFITSIO.
#pragma once

#include <string>

#include "uhuru/table/field.hpp"

namespace uhuru {

/// CFITSIO's code of the in-memory type of numbers and booleans of this type.
int fits_memory_type(Type type);

/// CFITSIO's status as text, with the first message of its error stack, which is cleared.
std::string fits_message(int status);

}  // namespace uhuru
