// The detections that are most unusual under the mixture.
import type { Report } from "../data.js";
import { element, table } from "../../../common/dom.js";
import { figure } from "../../../common/numbers.js";
import { SectionBuilder, type Section } from "./section.js";

export function anomaliesSection(report: Report): Section {
  const { anomalies, recipe } = report;
  const builder = new SectionBuilder("anomalies", "Anomalies");
  if (!anomalies)
    return builder
      .text(
        "This run did not record how unusual each detection is: its clusters.csv has no column tail_probability.",
      )
      .done();
  return builder
    .text(
      `The ${anomalies.length} detections with the smallest tail probability, which is the probability that a detection drawn from the mixture has a lower density. The last column lists the features that are farthest from the mean of the cluster, in the cluster's standard deviations of the scaled feature.`,
    )
    .add(
      table(
        "Most unusual detections",
        ["source", "observation", "tail probability", "cluster", "class", "most unusual features"],
        anomalies.map((row) => [
          row.name,
          row.observation,
          figure(row.tail_probability),
          `${row.cluster}`,
          row.class < 0 ? "none" : recipe.classes[row.class],
          element(
            "span",
            {},
            ...row.unusual.flatMap(({ feature, value, deviations }, i) => [
              i ? ", " : null,
              element(
                "span",
                { class: "together" },
                `${recipe.features[feature].name} ${figure(value)} (${deviations > 0 ? "+" : "−"}${figure(Math.abs(deviations), 2)} σ)`,
              ),
            ]),
          ),
        ]),
      ),
    )
    .done();
}
