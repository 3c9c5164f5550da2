// The colours of the points on a map or a plane.
import { count } from "../../common/numbers.js";
import { countedRows, rowName, type Report } from "./data.js";
import { choice } from "./controls.js";
import { Legend, pointEntry } from "./legend.js";
import { classLook, groupLook, noLook, otherLook, type Look } from "../../common/palette.js";

export type By = "group" | "class" | "cluster";

export class Coloring {
  by: By = "group";
  apart = false;
  private readonly legends: Record<By, Legend>;
  private readonly keys: Record<By, number[]>;

  constructor(private readonly report: Report) {
    const { recipe, sample, clusters } = report;
    const other = pointEntry(-1, "no class", noLook);
    const groups = sample.classes.map((c) => (c < 0 ? -1 : recipe.group_of_class[c]));
    this.keys = { group: groups, class: sample.classes, cluster: sample.clusters };
    const there = (by: By, key: number): boolean => this.keys[by].includes(key);
    const without = there("class", -1) ? [other] : [];
    this.legends = {
      group: new Legend([
        ...recipe.groups
          .map((label, key) => pointEntry(key, label, groupLook(key, recipe)))
          .filter((e) => there("group", e.key)),
        ...without,
      ]),
      class: new Legend([
        ...recipe.classes
          .map((label, key) => pointEntry(key, label, classLook(key, recipe)))
          .filter((e) => there("class", e.key)),
        ...without,
      ]),
      cluster: new Legend(
        [
          ...clusters.each.map((_, key) => pointEntry(key, `cluster ${key}`, otherLook(key))),
          ...(there("cluster", -1) ? [pointEntry(-1, "no cluster", noLook)] : []),
        ],
      ),
    };
  }

  legend(): Legend {
    return this.legends[this.by];
  }
  key(id: number): number {
    return this.keys[this.by][id];
  }
  look(id: number): Look {
    const key = this.key(id);
    const { recipe } = this.report;
    return this.by === "cluster"
      ? key < 0
        ? noLook
        : otherLook(key)
      : this.by === "class"
        ? classLook(key, recipe)
        : groupLook(key, recipe);
  }
  label(key: number): string {
    return this.legend().entries.find((entry) => entry.key === key)?.label ?? "no class";
  }
  /** The points that are shown; those without a class come first, below the others. */
  ids(): number[] {
    const legend = this.legend();
    const ids = this.report.sample.classes
      .map((_, id) => id)
      .filter((id) => legend.shows(this.key(id)));
    return [...ids.filter((id) => this.key(id) < 0), ...ids.filter((id) => this.key(id) >= 0)];
  }
  controls(redraw: () => void): HTMLElement[] {
    return [
      choice<By>(
        "Colour",
        [
          ["group", "group"],
          ["class", "class"],
          ...(this.report.clusters.each.length ? [["cluster", "cluster"] as [By, string]] : []),
        ],
        this.by,
        (by) => {
          this.by = by;
          redraw();
        },
      ),
      choice<"no" | "yes">(
        "Panels",
        [
          ["no", "together"],
          ["yes", "side by side"],
        ],
        this.apart ? "yes" : "no",
        (apart) => {
          this.apart = apart === "yes";
          redraw();
        },
      ),
    ];
  }
  /** The first lines of the tooltip of a detection. */
  describe(id: number): string {
    const { sample, recipe } = this.report;
    const c = sample.classes[id];
    const type = c < 0 ? "no class" : `${recipe.classes[c]}${sample.learned[id] ? " (label)" : ""}`;
    const observation = recipe.has_observations ? `, ${sample.observations[id]}` : "";
    return `${sample.names[id]}${observation}\n${type}${sample.clusters[id] < 0 ? "" : `, cluster ${sample.clusters[id]}`}`;
  }
}

/** "All 3,426 detections drawn.", or how many of them are. */
export function drawnOf(report: Report): string {
  const { sample } = report;
  return sample.names.length < sample.of
    ? `${count(sample.names.length)} of ${countedRows(report, sample.of)} drawn (at random, seed ${sample.seed}).`
    : sample.of === 1
      ? `The only ${rowName(report)} is drawn.`
      : `All ${countedRows(report, sample.of)} drawn.`;
}
