// Tables and what is in them: formats, positions, cross-match, recipes, models, the published
// tables. Target uhuru::tables.
#pragma once

#include "uhuru/io/table_io.hpp"
#include "uhuru/method.hpp"
#include "uhuru/model/model.hpp"
#include "uhuru/recipe/detections.hpp"
#include "uhuru/recipe/labels.hpp"
#include "uhuru/recipe/recipe.hpp"
#include "uhuru/recipe/source_columns.hpp"
#include "uhuru/sky/crossmatch.hpp"
#include "uhuru/sky/position_columns.hpp"
#include "uhuru/table/table.hpp"
#include "uhuru/tables/results.hpp"
#include "uhuru/tables/tables.hpp"
#include "uhuru/tables/vote.hpp"
