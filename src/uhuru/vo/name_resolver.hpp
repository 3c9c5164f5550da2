// Positions of objects by their names, from the name resolver of the CDS (Sesame).
#pragma once

#include <optional>
#include <string>

#include "uhuru/sky/sphere.hpp"
#include "uhuru/vo/http.hpp"

#pragma GCC visibility push(default)
namespace uhuru::vo {

/// An object that a resolver knows. All but the position may be empty.
struct ResolvedName {
  std::string name;      // its main name
  std::string type;      // as the resolver calls it: "AGN"
  std::string resolver;  // that answered: "Simbad"
  sky::SkyPosition position;
};

/// The first object with a position in a document of Sesame (XML, option -ox); empty if it has
/// none. `where`: its address, for errors. Throws Error (service) if it is no such document.
/// Thread-safe. Source: https://vizier.cds.unistra.fr/vizier/doc/sesame.htx
std::optional<ResolvedName> parse_sesame(const std::string& document, const std::string& where);

/// Asks for a name. `address`: of the service, with {name} where the name belongs. Empty if the
/// resolver does not know the name. Throws Error (service): see HttpClient::send and parse_sesame;
/// also if it answers with an error.
std::optional<ResolvedName> resolve_name(HttpClient& http, const std::string& address,
                                         const std::string& name);

}  // namespace uhuru::vo
#pragma GCC visibility pop
