// The data that `uhuru report` puts into the page (report/report_figures.hpp describes the
// numbers). Classes, groups, clusters and features are indices into the lists of the recipe; -1
// means none.

import type { Citation } from "../../common/citations.js";
import { counted } from "../../common/numbers.js";

export interface Feature {
  name: string;
  kind: string;
  unit: string;
  description: string;
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
  has_positions: boolean;
  has_observations: boolean;
  citations: Citation[];
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
  clusters: number[]; // -1: none
  classes: number[];
  learned: number[];
  features: (number | null)[][];
}

export interface Source {
  name: string;
  detections: number | null; // null: unknown
  class: number;
  probabilities: (number | null)[]; // null: not learned, or unknown
  link: { title: string; url: string } | null;
}

/** The sources whose class is of a group. */
export interface SourcesOfGroup {
  group: number;
  count: number;
  most_certain: Source[];
  least_certain: Source[]; // the least certain first
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

/** Sections that a page may lack. */
export type Lackable =
  | "clusters"
  | "sky"
  | "planes"
  | "features"
  | "sources"
  | "validation"
  | "anomalies";

export interface Report {
  version: string;
  folder: string;
  is_run: boolean; // not of other tables with classes
  rows_are_sources: boolean; // the detections are not known
  lacking: Partial<Record<Lackable, string>>; // why
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
  sources: { count: number; classes: number[]; groups: SourcesOfGroup[] };
  validation: Validation | null;
  anomalies: Anomaly[] | null;
  files: InputFile[];
}

/** What the rows of the tables are. */
export function rowWord(report: Report): "detections" | "sources" {
  return report.rows_are_sources ? "sources" : "detections";
}

export const rowName = (report: Report): string => (report.rows_are_sources ? "source" : "detection");

/** "1 detection", "20 sources": so many rows. */
export const countedRows = (report: Report, n: number): string => counted(n, rowName(report));

/** What is said instead of a section that the data do not allow. */
export function whyLacking(report: Report, section: Lackable): string | null {
  const why = report.lacking[section];
  return why ? `${why[0].toUpperCase()}${why.slice(1)}.` : null;
}

/** Whether all detections have labels, so that none was classified. */
export function isAllLabelled({ clusters: { whole } }: Report): boolean {
  return whole.size > 0 && whole.learned + whole.other_label === whole.size;
}

/** The name of a feature with its unit, for axes. */
export const axisName = ({ name, unit }: Feature): string => (unit ? `${name} (${unit})` : name);

/** What must be known of the probabilities of the published method; null for others. */
export function caveatOf({ run }: Report): string | null {
  return run.method === "mahalanobis"
    ? "The probabilities of the published method (mahalanobis) are relative distances without priors, and strongly overconfident: use them to rank sources, not as frequencies."
    : null;
}

/** Counts by group instead of by class; the last one is for no group. */
export function byGroup(recipe: Recipe, composition: Composition): number[] {
  const counts = new Array<number>(recipe.groups.length + 1).fill(0);
  composition.classes.forEach((count, c) => (counts[recipe.group_of_class[c]] += count));
  counts[recipe.groups.length] = composition.without_class + composition.other_label;
  return counts;
}
