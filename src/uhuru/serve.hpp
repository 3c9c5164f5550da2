// A catalog over HTTP. Target uhuru::serve.
#pragma once

#include "uhuru/jobs.hpp"
#include "uhuru/serve/catalog_server.hpp"
#include "uhuru/serve/playground.hpp"
