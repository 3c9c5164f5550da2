// Archives and other programs: TAP, X-Match, SAMP. Target uhuru::vo.
#pragma once

#include "uhuru/tables.hpp"
#include "uhuru/vo/fetch_counterparts.hpp"
#include "uhuru/vo/fetch_detections.hpp"
#include "uhuru/vo/http.hpp"
#include "uhuru/vo/samp.hpp"
#include "uhuru/vo/services.hpp"
#include "uhuru/vo/tap.hpp"
