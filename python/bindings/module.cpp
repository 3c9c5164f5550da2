// The module uhuru._core: errors, signals, progress, and all bindings.
#include <cxxabi.h>

#include <cctype>
#include <chrono>
#include <thread>

#include "binding.hpp"
#include "uhuru/base/error.hpp"

namespace uhuru::python {
namespace {

/// The text with Python's names for options of the command line: "--max-rows" is max_rows.
std::string in_python(std::string text) {
  for (const auto& [option, argument] : {std::pair{"--overwrite", "overwrite=True"},
                                         {"--unique-detections", "unique_detections=True"},
                                         {"--method bayes", "method=\"bayes\""}})
    for (size_t at = text.find(option); at != std::string::npos; at = text.find(option))
      text.replace(at, std::string_view(option).size(), argument);
  for (size_t at = text.find("--"); at != std::string::npos; at = text.find("--", at + 1)) {
    const bool begins = at == 0 || std::isspace(static_cast<unsigned char>(text[at - 1])) != 0;
    if (!begins || at + 2 == text.size() ||
        std::islower(static_cast<unsigned char>(text[at + 2])) == 0)
      continue;
    text.erase(at, 2);
    for (size_t i = at; i < text.size() &&
                        (std::islower(static_cast<unsigned char>(text[i])) != 0 || text[i] == '-');
         ++i)
      if (text[i] == '-') text[i] = '_';
  }
  return text;
}

PyObject* exception_of(const Error& error, PyObject* service_error) {
  switch (error.cause()) {
    case ErrorCause::absent_file:
      return PyExc_FileNotFoundError;
    case ErrorCause::existing_file:
      return PyExc_FileExistsError;
    case ErrorCause::system:
      return PyExc_OSError;
    case ErrorCause::other:
      break;
  }
  if (error.kind() == ErrorKind::service) return service_error;
  return error.kind() == ErrorKind::bug ? PyExc_RuntimeError : PyExc_ValueError;
}

bool is_ending() {
#if PY_VERSION_HEX >= 0x030D0000
  return Py_IsFinalizing();
#else
  return _Py_IsFinalizing();
#endif
}

[[noreturn]] void wait_for_ever() {
  while (true) std::this_thread::sleep_for(std::chrono::hours(1));
}

/// Calls `take`, which waits for the GIL. If Python ends before or meanwhile, the thread waits for
/// ever: Python (before 3.14) would end it by unwinding it, and destructors would change objects of
/// Python without the GIL.
template <class Take>
auto take_gil(const Take& take) {
  if (is_ending()) wait_for_ever();
  try {
    return take();
  } catch (const abi::__forced_unwind&) {
    wait_for_ever();
  }
}

bool is_due(std::chrono::steady_clock::time_point& last) {
  constexpr std::chrono::milliseconds pause{100};
  const auto now = std::chrono::steady_clock::now();
  if (now - last < pause) return false;
  last = now;
  return true;
}

}  // namespace

// The thread that ends Python keeps the GIL.
WithoutGil::WithoutGil() : state_(is_ending() ? nullptr : PyEval_SaveThread()) {}

WithoutGil::~WithoutGil() {
  if (state_) take_gil([&] { PyEval_RestoreThread(state_); });
}

WithGil::WithGil()
    : state_(PyGILState_Check() != 0 ? PyGILState_Ensure() : take_gil(PyGILState_Ensure)) {}

void check_signals() {
  thread_local std::chrono::steady_clock::time_point last;
  if (!is_due(last)) return;
  const WithGil gil;
  if (PyErr_CheckSignals() != 0) throw py::error_already_set();
}

Progress progress_to(const py::object& function) {
  return [&function, last = std::chrono::steady_clock::time_point(), stage = std::string()](
             std::string_view name, uint64_t done, uint64_t total) mutable {
    check_signals();
    if (function.is_none()) return;
    if (!is_due(last) && stage == name && done != total) return;
    stage = name;
    const WithGil gil;
    function(py::str(name.data(), name.size()), done, total);
  };
}

py::array_t<double> to_array(Matrix matrix) {
  auto* own = new Matrix(std::move(matrix));
  const py::capsule keep(own, [](void* p) { delete static_cast<Matrix*>(p); });
  return py::array_t<double>({own->rows(), own->cols()}, own->data(), keep);
}

py::array_t<double> to_array(const Vector& vector) {
  return to_array(std::vector<double>(vector.begin(), vector.end()));
}

PYBIND11_MODULE(_core, module) {
  module.doc() = "The compiled core of uhuru.";
  module.attr("version") = UHURU_VERSION;
  static const py::exception<Error> service_error(module, "ServiceError", PyExc_OSError);
  service_error.attr("__doc__") = "A service did not answer, or refused.";
  // NOLINTNEXTLINE(performance-unnecessary-value-param): the type is pybind11's
  py::register_exception_translator([](std::exception_ptr pointer) {
    try {
      if (pointer) std::rethrow_exception(pointer);
    } catch (const Error& error) {
      PyErr_SetString(exception_of(error, service_error.ptr()), in_python(error.what()).c_str());
    }
  });
  module.def("in_python", in_python, py::arg("text"));
  add_tables(module);
  add_recipes(module);
  add_models(module);
  add_method(module);
  add_sky(module);
  add_jobs(module);
  add_study(module);
  add_services(module);
  add_server(module);
}

}  // namespace uhuru::python
