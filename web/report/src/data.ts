// The data that `uhuru report` puts into the page (pipeline/report_figures.hpp describes the
// numbers). Classes, groups, clusters and features are indices into the lists of the recipe; -1
// means none.

export interface Feature {
  name: string;
  kind: string;
  expression: string;
  logarithmic: boolean;
}

export interface Recipe {
  name: string;
  description: string;
  text: string;
  features: Feature[];
  planes: { kind: string; x: number; y: number }[];
  classes: string[];
  groups: string[];
  group_of_class: number[];
  min_members: number;
}

export interface Composition {
  size: number;
  learned: number;
  classified: number;
  without_class: number;
  other_label: number;
  classes: number[];
  medians: (number | null)[];
  latitudes: number[] | null;
}

export interface Cluster extends Composition {
  offsets: (number | null)[];
}

export interface Histogram {
  logarithmic: boolean;
  low: number;
  high: number;
  outside: number;
  missing: number;
  counts: number[][]; // one list per group, and one for detections without a group
}

export interface Sample {
  of: number;
  seed: number;
  names: string[];
  observations: string[];
  l: (number | null)[]; // empty if the run has no positions
  b: (number | null)[];
  clusters: number[];
  classes: number[];
  learned: number[];
  features: (number | null)[][];
}

export interface Source {
  name: string;
  detections: number;
  class: number;
  probabilities: number[];
}

export interface Anomaly {
  name: string;
  observation: string;
  cluster: number;
  class: number;
  tail_probability: number;
  unusual: { feature: number; value: number | null; deviations: number }[];
}

/** A measure and its interval. */
export interface Measure {
  value: number | null;
  low?: number | null;
  high?: number | null;
}

export interface Evaluation {
  level: string;
  of: string;
  labels: string[];
  rows?: number;
  sources?: number;
  left_out?: number;
  confusion: number[][];
  confusion_normalized?: (number | null)[][];
  [measure: string]: unknown;
  per_label?: { label: string; support: number; [measure: string]: unknown }[];
  reliability?: {
    low: number;
    high: number;
    count: number;
    mean_probability: number | null;
    accuracy: number | null;
  }[];
  roc?: Record<string, { false_positive_rate: number[]; true_positive_rate: number[] }>;
  precision_recall?: Record<string, { recall: number[]; precision: number[] }>;
}

export interface Validation {
  method?: string;
  recipe?: string;
  split?: { by?: string; folds?: number; repeats?: number; seed?: number };
  threshold?: number | null;
  scores_count?: string;
  of_sources?: {
    promised_coverage?: number;
    sets?: { group: string | null; sources: number; coverage: Measure; mean_size: number }[];
    by_detections?: {
      group: string;
      detections: string;
      sources: number;
      said: number;
      true: Measure;
    }[];
  };
  sample?: {
    detections?: number;
    sources?: number;
    classes?: { class: string; detections: number; sources: number }[];
    excluded?: { class: string; detections: number; sources: number; why: string }[];
  };
  evaluations: Evaluation[];
}

export interface InputFile {
  name: string;
  sha256: string;
}

export interface Report {
  version: string;
  folder: string;
  run: {
    uhuru_version?: string;
    recipe?: string;
    method?: string;
    detections?: InputFile;
    labels?: InputFile;
    join?: string;
    radius_arcsec?: number;
    seed?: number;
    counts: Record<string, number> & { without?: Record<string, number> };
    mixture?: Record<string, unknown>;
    notes?: string[];
    threads?: number;
    seconds?: Record<string, number>;
  };
  recipe: Recipe;
  clusters: { whole: Composition; each: Cluster[] };
  histograms: Histogram[];
  sample: Sample;
  sources: { count: number; classes: number[]; most_certain: Source[]; least_certain: Source[] };
  validation: Validation | null;
  anomalies: Anomaly[] | null;
  files: InputFile[];
}

/** Counts by group instead of by class; the last one is for no group. */
export function byGroup(recipe: Recipe, composition: Composition): number[] {
  const counts = new Array<number>(recipe.groups.length + 1).fill(0);
  composition.classes.forEach((count, c) => (counts[recipe.group_of_class[c]] += count));
  counts[recipe.groups.length] = composition.without_class + composition.other_label;
  return counts;
}
