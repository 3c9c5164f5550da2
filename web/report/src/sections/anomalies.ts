// The detections that are most unusual under the mixture.
import { countedRows, rowWord, whyLacking, type Report } from "../data.js";
import { element, table } from "../../../common/dom.js";
import { figure } from "../../../common/numbers.js";
import { SectionBuilder, type Section } from "./section.js";

export function anomaliesSection(report: Report): Section {
  const { anomalies, recipe } = report;
  const builder = new SectionBuilder("anomalies", "Anomalies");
  if (!anomalies)
    return builder
      .text(
        `Nothing tells how unusual each row is. ${whyLacking(report, "anomalies") ?? ""}`,
      )
      .done();
  const hasUnusual = anomalies.some(({ unusual }) => unusual.length > 0);
  return builder
    .text(
      `The ${countedRows(report, anomalies.length)} with the smallest tail probability, which is the probability that a detection drawn from the mixture has a lower density.${
        hasUnusual
          ? " The last column lists the features that are farthest from the mean of the cluster, in the cluster's standard deviations of the scaled feature."
          : ""
      }`,
    )
    .add(
      table(
        `Most unusual ${rowWord(report)}`,
        [
          "source",
          ...(recipe.has_observations ? ["observation"] : []),
          ...["tail probability", "cluster", "class"],
          ...(hasUnusual ? ["most unusual features"] : []),
        ],
        anomalies.map((row) => [
          row.name,
          ...(recipe.has_observations ? [row.observation] : []),
          figure(row.tail_probability),
          row.cluster < 0 ? "none" : `${row.cluster}`,
          row.class < 0 ? "none" : recipe.classes[row.class],
          ...(hasUnusual
            ? [
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
              ]
            : []),
        ]),
      ),
    )
    .done();
}
