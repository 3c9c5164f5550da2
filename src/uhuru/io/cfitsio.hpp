// What reading and writing FITS by way of CFITSIO have in common.
#pragma once

#include <string>

#include "uhuru/table/field.hpp"

namespace uhuru {

/// CFITSIO's code of the type that numbers and booleans of this type have in memory.
int fits_memory_type(Type type);

/// CFITSIO's status in words, with the first message of its stack; the stack is emptied.
std::string fits_message(int status);

}  // namespace uhuru
