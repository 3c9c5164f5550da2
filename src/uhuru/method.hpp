// The method on numbers in memory: fit, predict, vote. Target uhuru::method.
#pragma once

#include "uhuru/base/error.hpp"
#include "uhuru/method/classify/bayes.hpp"
#include "uhuru/method/classify/class_scores.hpp"
#include "uhuru/method/explain.hpp"
#include "uhuru/method/fit.hpp"
#include "uhuru/method/mixture/gaussian_mixture.hpp"
#include "uhuru/method/mixture/silhouette.hpp"
#include "uhuru/method/predict.hpp"
#include "uhuru/method/sources.hpp"
