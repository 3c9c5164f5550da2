// What the commands do: run, predict, cluster, select, validate, compare, export. Target
// uhuru::jobs.
#pragma once

#include "uhuru/catalog/catalog.hpp"
#include "uhuru/jobs/cluster.hpp"
#include "uhuru/jobs/crossmatch.hpp"
#include "uhuru/jobs/export.hpp"
#include "uhuru/jobs/predict.hpp"
#include "uhuru/jobs/run.hpp"
#include "uhuru/jobs/select.hpp"
#include "uhuru/jobs/simulate.hpp"
#include "uhuru/study/compare.hpp"
#include "uhuru/study/validate.hpp"
#include "uhuru/vo.hpp"
