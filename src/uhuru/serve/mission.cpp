#include "uhuru/serve/mission.hpp"

#include "uhuru/serve/json_cells.hpp"
#include "uhuru/vo/services.hpp"

namespace uhuru::serve {
namespace {

/// The table of sources in the newest release of the mission's archive; null if none is known.
nlohmann::ordered_json archive_json(const recipe::MissionSettings& mission) {
  if (mission.detection_service != vo::detection_service) return {};
  const vo::DetectionArchive archive = vo::load_services("default").detections;
  const auto& release = archive.release("current");
  return {{"title", archive.title},
          {"tap", release.tap},
          {"table", vo::with_schema(archive.sources, release.schema)}};
}

}  // namespace

nlohmann::ordered_json mission_json(const recipe::MissionSettings& mission) {
  nlohmann::ordered_json fields = nlohmann::ordered_json::array(),
                         citations = nlohmann::ordered_json::array();
  for (const recipe::NamedField& field : mission.fields)
    fields.push_back({{"name", field.name},
                      {"ra", field.ra_deg},
                      {"dec", field.dec_deg},
                      {"width", field.width_deg}});
  for (const recipe::Citation& citation : mission.citations)
    citations.push_back({{"text", citation.text}, {"url", text_or_null(citation.url)}});
  return {{"name_example", text_or_null(mission.name_example)},
          {"fields", fields},
          {"citations", citations},
          {"archive", archive_json(mission)}};
}

}  // namespace uhuru::serve
