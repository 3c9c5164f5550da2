// Adds to a run's folder what a report shows where it is there: densities, sources.csv,
// validation.json. The numbers are made up, their shapes are not. node optional_parts.mjs FOLDER
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const folder = process.argv[2];
const read = (name) =>
  readFileSync(join(folder, name), "utf8").trimEnd().split("\n").map((line) => line.split(","));
const write = (name, rows) =>
  writeFileSync(join(folder, name), rows.map((row) => row.join(",")).join("\n") + "\n");

// Spread over 0…1, the same at each call.
let state = 1;
const random = () => (state = (state * 16807) % 2147483647) / 2147483647;

const clusters = read("clusters.csv");
if (!clusters[0].includes("tail_probability"))
  write(
    "clusters.csv",
    clusters.map((row, i) => {
      if (i === 0) return [...row, "log_density", "density_percentile", "tail_probability"];
      const tail = random() ** 2;
      return [...row, 30 * tail - 10, 100 * tail, tail];
    }),
  );

const model = JSON.parse(readFileSync(join(folder, "model.json"), "utf8"));
const detections = read("detection_level_classification.csv");
const column = (name) => detections[0].indexOf(name);
const classes = detections[0].slice(column("main_type") + 1, column(Object.keys(model.medians)[0]));
const groups = ["AGN", "AGN", "Seyfert", "Seyfert", "XB", "XB", "XB", "YSO", "YSO", "YSO"];

const sources = new Map();
for (const row of detections.slice(1)) {
  const name = row[column("name")];
  const probabilities = classes.map((c) => Number(row[column(c)]));
  const source = sources.get(name) ?? { row, sums: classes.map(() => 0), count: 0 };
  probabilities.forEach((p, c) => (source.sums[c] += p));
  source.count += 1;
  sources.set(name, source);
}
write("sources.csv", [
  ["name", "ra", "dec", "detection_count", "class", "group", "probability", "hard_class", ...classes,
   "log_density", "density_percentile", "tail_probability"],
  ...[...sources].map(([name, { row, sums, count }]) => {
    const means = sums.map((sum) => sum / count);
    const best = means.indexOf(Math.max(...means));
    return [name, row[column("ra")], row[column("dec")], count, classes[best], groups[best],
            means[best], classes[best], ...means, 10, 50, 0.5];
  }),
]);

const interval = (value) => ({ value, low: value - 0.03, high: value + 0.03 });
function evaluation(level, of, labels, skill) {
  const confusion = labels.map((_, i) =>
    labels.map((_, j) => Math.round((i === j ? 60 + 80 * skill : 12) * random() * (1 + 3 / (1 + i)))));
  const curve = (power) => Array.from({ length: 300 }, (_, i) => (i / 299) ** power);
  const by = (make) => Object.fromEntries(labels.map((label, i) => [label, make(0.2 + 0.06 * i)]));
  return {
    level, of, labels, rows: 1518, sources: 871, left_out: 0, confusion,
    confusion_normalized: confusion.map((row) => {
      const sum = row.reduce((a, b) => a + b, 0);
      return row.map((n) => (sum ? n / sum : null));
    }),
    accuracy: interval(skill), balanced_accuracy: interval(skill - 0.07),
    balanced_accuracy_equal_priors: interval(skill - 0.03), macro_f1: interval(skill - 0.08),
    log_loss: interval(1.2), brier: interval(0.4), calibration_error: { value: 0.11, low: null, high: null },
    per_label: labels.map((label, i) => ({
      label, support: 300 - 25 * i, precision: interval(0.8 - 0.04 * i), recall: interval(0.78 - 0.05 * i),
      f1: interval(0.79 - 0.045 * i), roc_auc: interval(0.95 - 0.02 * i),
      average_precision: i === labels.length - 1 ? { value: null, low: null, high: null } : interval(0.9 - 0.05 * i),
    })),
    reliability: Array.from({ length: 10 }, (_, i) => ({
      low: i / 10, high: (i + 1) / 10, count: 20 + 6 * i * i,
      mean_probability: i === 0 ? null : (i + 0.55) / 10, accuracy: i === 0 ? null : ((i + 0.5) / 10) ** 1.25,
    })),
    roc: by((power) => ({ false_positive_rate: curve(1), true_positive_rate: curve(power) })),
    precision_recall: by((power) => ({ recall: curve(1), precision: curve(1).map((r) => 1 - power * r ** 2) })),
  };
}
const groupNames = [...new Set(groups)];
writeFileSync(
  join(folder, "validation.json"),
  JSON.stringify({
    method: "published", recipe: "csc2", split: { by: "source", folds: 5, repeats: 2, seed: 42 }, threshold: null,
    sample: {
      detections: 1518, sources: 871,
      classes: classes.slice(0, 7).map((c, i) => ({ class: c, detections: 400 - 50 * i, sources: 200 - 25 * i })),
      excluded: [{ class: "YSO", detections: 3, sources: 2, why: "fewer than 12 sources" }],
    },
    evaluations: ["detection", "soft vote", "hard vote"].flatMap((level, i) => [
      evaluation(level, "classes", classes.slice(0, 7), 0.5 + 0.04 * i),
      evaluation(level, "groups", groupNames.slice(0, 3), 0.66 + 0.04 * i),
    ]),
  }),
);
