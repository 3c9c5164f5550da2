// What the bindings share: numbers and tables between numpy and the library, Ctrl-C, progress.
//
// The library works without Python's global lock (GIL): arguments are converted, work() releases
// it, results are converted.
#pragma once

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "uhuru/base/matrix.hpp"
#include "uhuru/base/progress.hpp"
#include "uhuru/base/threads.hpp"
#include "uhuru/io/input.hpp"
#include "uhuru/method/predict.hpp"
#include "uhuru/model/model.hpp"

namespace uhuru::python {

namespace py = pybind11;

using Numbers = py::array_t<double, py::array::c_style | py::array::forcecast>;

/// While an object exists, the thread has not got the GIL. If Python ends in the meantime, the
/// thread waits for ever, as it must not go on, and Python would otherwise end it in the midst of
/// C++.
class WithoutGil {
 public:
  WithoutGil();
  ~WithoutGil();
  WithoutGil(const WithoutGil&) = delete;
  WithoutGil& operator=(const WithoutGil&) = delete;

 private:
  PyThreadState* state_;
};

/// While an object exists, the thread has the GIL, whether it had it before or not; see WithoutGil.
class WithGil {
 public:
  WithGil();
  ~WithGil() { PyGILState_Release(state_); }
  WithGil(const WithGil&) = delete;
  WithGil& operator=(const WithGil&) = delete;

 private:
  PyGILState_STATE state_;
};

/// Lets Python handle signals, at most ten times a second; may be called with or without the GIL.
/// Throws what the handler raises: KeyboardInterrupt.
void check_signals();

/// Calls the Python function, if there is one, at most ten times a second, and check_signals().
/// `function` must outlive the result, which is for one thread.
Progress progress_to(const py::object& function);

/// Calls `function(threads, progress)` without the GIL. `jobs`: threads; 0: one per processor.
template <class Function>
auto work(int jobs, const py::object& progress, const Function& function) {
  const Progress report = progress_to(progress);
  const WithoutGil without_gil;
  const Threads threads = Threads(jobs).checked_by(check_signals);
  return function(threads, report);
}

/// A view of a float64 array in row order, n × D.
inline Eigen::Map<const Matrix> view(const Numbers& array) {
  if (array.ndim() != 2)
    throw py::value_error("expected an array of two dimensions, found " +
                          std::to_string(array.ndim()));
  return {array.data(), array.shape(0), array.shape(1)};
}

/// An array of the values of a vector, which it keeps.
template <class T>
py::array_t<T> to_array(std::vector<T> values) {
  auto* own = new std::vector<T>(std::move(values));
  const py::capsule keep(own, [](void* p) { delete static_cast<std::vector<T>*>(p); });
  return py::array_t<T>(static_cast<py::ssize_t>(own->size()), own->data(), keep);
}
py::array_t<double> to_array(Matrix matrix);
py::array_t<double> to_array(const Vector& vector);

/// A table that can be read again and again: a file, or numpy arrays, which are not copied.
class Source {
 public:
  explicit Source(std::string path) : name_(std::move(path)) {}
  Source(const py::list& columns, const py::list& parameters, py::ssize_t rows, std::string name);

  const std::string& name() const { return name_; }
  /// For what reads a file or a table in memory; empty for a file.
  io::OpenTable opener() const;
  std::unique_ptr<io::TableReader> open(const Threads& threads) const;

 private:
  struct Arrays;
  std::string name_;
  std::shared_ptr<const Arrays> arrays_;
};

/// A dictionary of columns: see _core.pyi.
py::dict to_python(Table table);

/// Posteriors as arrays: see _core.pyi.
py::dict to_python(method::Posteriors posteriors);

void add_tables(py::module_& module);
void add_recipes(py::module_& module);
void add_method(py::module_& module);
void add_models(py::module_& module);
void add_sky(py::module_& module);
void add_jobs(py::module_& module);
void add_study(py::module_& module);
void add_services(py::module_& module);
void add_server(py::module_& module);

}  // namespace uhuru::python
