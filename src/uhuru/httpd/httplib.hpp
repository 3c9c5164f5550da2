// cpp-httplib without what it drags in: resolv.h makes `_res` a macro, which Eigen calls a
// variable.
#pragma once

#include <httplib.h>

#undef _res
