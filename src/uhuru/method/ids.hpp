// Identifiers of classes, clusters and sources, each a type of its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <type_traits>

#pragma GCC visibility push(default)
namespace uhuru::method {

/// The place of a class in Settings::classes.
enum class ClassId : int32_t {};
/// A component of a mixture.
enum class ClusterId : int32_t {};
/// A source, from 0.
enum class SourceId : uint32_t {};

/// The number that an identifier stands for.
template <class Id>
requires std::is_enum_v<Id>
constexpr size_t number_of(Id id) { return static_cast<size_t>(id); }

}  // namespace uhuru::method
#pragma GCC visibility pop
