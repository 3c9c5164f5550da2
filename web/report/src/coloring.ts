// The colours of the points on a map or a plane.
import { count } from "../../common/numbers.js";
import type { Report } from "./data.js";
import { choice } from "./controls.js";
import { Legend } from "./legend.js";
import { classColor, clusterColor, groupColor, none } from "../../common/palette.js";

export type By = "group" | "class" | "cluster";

export class Coloring {
  by: By = "group";
  apart = false;
  private readonly legends: Record<By, Legend>;
  private readonly keys: Record<By, number[]>;

  constructor(private readonly report: Report) {
    const { recipe, sample, clusters } = report;
    const other = { key: -1, label: "no class", color: none };
    const groups = sample.classes.map((c) => (c < 0 ? -1 : recipe.group_of_class[c]));
    this.keys = { group: groups, class: sample.classes, cluster: sample.clusters };
    const there = (by: By, key: number): boolean => this.keys[by].includes(key);
    const without = there("class", -1) ? [other] : [];
    this.legends = {
      group: new Legend([
        ...recipe.groups
          .map((label, key) => ({ key, label, color: groupColor(key, recipe) }))
          .filter((e) => there("group", e.key)),
        ...without,
      ]),
      class: new Legend([
        ...recipe.classes
          .map((label, key) => ({ key, label, color: classColor(key, recipe) }))
          .filter((e) => there("class", e.key)),
        ...without,
      ]),
      cluster: new Legend(
        clusters.each.map((_, key) => ({ key, label: `cluster ${key}`, color: clusterColor(key) })),
      ),
    };
  }

  legend(): Legend {
    return this.legends[this.by];
  }
  key(id: number): number {
    return this.keys[this.by][id];
  }
  color(id: number): string {
    const key = this.key(id);
    const { recipe } = this.report;
    return this.by === "cluster"
      ? clusterColor(key)
      : this.by === "class"
        ? classColor(key, recipe)
        : groupColor(key, recipe);
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
          ["cluster", "cluster"],
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
    return `${sample.names[id]}, ${sample.observations[id]}\n${type}, cluster ${sample.clusters[id]}`;
  }
}

/** "All 3,426 detections drawn.", or how many of them are. */
export function drawnOf(report: Report): string {
  const { sample } = report;
  return sample.names.length < sample.of
    ? `${count(sample.names.length)} of ${count(sample.of)} detections drawn (at random, seed ${sample.seed}).`
    : `All ${count(sample.of)} detections drawn.`;
}
