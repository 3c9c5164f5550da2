// Why a source has its class, in words that its numbers support. Without a page, so that it can be
// tested alone.
import type { Explanation, Rank } from "../api.js";
import { count, figure } from "../../../common/numbers.js";

const all = new Intl.ListFormat("en-GB", { type: "conjunction" });

/** A probability in a sentence. */
const chance = (p: number): string => (p > 0 && p < 0.001 ? "less than 0.001" : figure(p, 2));

/** A large number that fits in a sentence: 12,346 as "12,000", 3.4e9 as "3.4 billion". */
export function rough(n: number): string {
  const rounded = Number(n.toPrecision(2));
  if (rounded < 1e6) return count(rounded);
  if (rounded < 1e9) return `${rounded / 1e6} million`;
  if (rounded < 1e12) return `${rounded / 1e9} billion`;
  return figure(n, 2);
}

/** Classes by how many detections have them, the most frequent first, ties as they were met. */
export function tally(votes: string[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const vote of votes) counts.set(vote, (counts.get(vote) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]);
}

const mostClasses = 4; // in a sentence

/** What the detections say, each alone. */
export function votesSentence(votes: string[]): string {
  const counts = tally(votes);
  if (votes.length === 1) return `Its only detection with a class is most probably ${votes[0]}.`;
  if (counts.length === 1)
    return `Each of its ${count(votes.length)} detections alone is most probably ${votes[0]}.`;
  const shown = counts.length > mostClasses ? counts.slice(0, mostClasses - 1) : counts;
  const parts = shown.map(([name, n], i) =>
    i === 0
      ? `${count(n)} of its ${count(votes.length)} detections ${n === 1 ? "is" : "are"} most probably ${name}`
      : `${count(n)} ${name}`,
  );
  const others = votes.length - shown.reduce((sum, [, n]) => sum + n, 0);
  if (others > 0) parts.push(`${count(others)} of other classes`);
  return `Taken alone, ${all.format(parts)}.`;
}

export interface Verdict {
  name: string; // the class of the source
  hard: string | null; // the class of most detections
  votes: string[]; // the class of each detection that has one
  p: Map<string, number>; // of the source's classes, if learned
}

const most = (p: Map<string, number>, except: string): [string, number] | null => {
  const others = [...p].filter(([name]) => name !== except).sort((a, b) => b[1] - a[1]);
  return others[0] ?? null;
};

/** The published method: distances to the classes of a cluster, and the mean of the detections. */
export function reasonsByDistance({ name, hard, votes, p }: Verdict): string[] {
  const second = most(p, name);
  const own = p.get(name) ?? 0;
  const next = second && second[1] > 0 ? `, then ${second[0]}, ${chance(second[1])}` : "";
  const sentences = [votesSentence(votes)];
  if (votes.length > 1) {
    sentences.push(`The mean of their probabilities is largest for ${name}, ${chance(own)}${next}.`);
    if (hard && hard !== name)
      sentences.push(
        `Most detections are ${hard}, or it was met first among as many, but its mean is only ${chance(p.get(hard) ?? 0)}.`,
      );
  } else sentences.push(`It gives ${name} ${chance(own)}${next}.`);
  sentences.push(
    "How frequent a class is does not enter: only how near a detection lies to the classes that were learned in its cluster.",
  );
  return sentences;
}

/** The logarithm of the probability that log odds mean. */
const logChance = (odds: number): number =>
  odds > 0 ? -Math.log1p(Math.exp(-odds)) : odds - Math.log1p(Math.exp(odds));

interface Part {
  name: string;
  before: number; // logarithm of the probability by the prior alone
  after: number; // and with all features
}

function partsOf(explanation: Explanation): Part[] {
  return explanation.classes.flatMap((name, c) => {
    const [prior, total] = [explanation.prior[c], explanation.total[c]];
    return prior === null || total === null
      ? []
      : [{ name, before: logChance(prior), after: logChance(total) }];
  });
}

const largest = (parts: Part[], of: (part: Part) => number): Part =>
  parts.reduce((best, part) => (of(part) > of(best) ? part : best));

/** Prior and evidence of a source by the method bayes. */
export function reasonsByEvidence(name: string, votes: string[], explanation: Explanation): string[] {
  const sentences = [votesSentence(votes)];
  const parts = partsOf(explanation);
  const own = parts.find((part) => part.name === name);
  // Another class on top: the explanation lacks something that the catalog knew.
  if (!own || largest(parts, (part) => part.after) !== own) return sentences;
  const together = votes.length > 1 ? "Together, its features" : "Its features";
  const favoured = largest(parts, (part) => part.after - part.before);
  const [before, after] = [chance(Math.exp(own.before)), chance(Math.exp(own.after))];
  if (favoured === own)
    sentences.push(
      `${together} favour ${name}: they take its probability from ${before}, that of a source ${withDetections(explanation)} before any feature is known, to ${after}.`,
    );
  else
    sentences.push(
      `${together} alone favour ${favoured.name}: they take its probability from ${chance(Math.exp(favoured.before))} to ${chance(Math.exp(favoured.after))}.`,
      `But before any feature is known, a source ${withDetections(explanation)} is ${rough(Math.exp(own.before - favoured.before))} times as likely to be ${name}, ${before}; with its features, that is ${after}, still the most probable.`,
    );
  const { forIt, against } = strongest(name, explanation);
  const list = (features: [string, number][]): string =>
    all.format(features.map(([feature, odds]) => `${feature} (odds × ${figure(Math.exp(odds), 2)})`));
  if (forIt.length > 0) sentences.push(`Most for ${name}: ${list(forIt)}.`);
  if (against.length > 0) sentences.push(`Most against it: ${list(against)}.`);
  return sentences;
}

const withDetections = ({ detections }: Explanation): string =>
  detections === 1 ? "with one detection" : `with ${count(detections)} detections`;

/** The features that say most for a class and against it, at most three each. */
export function strongest(name: string, explanation: Explanation) {
  const c = explanation.classes.indexOf(name);
  const noticeable = Math.log(1.1);
  const features = explanation.features
    .map((one): [string, number] => [one.name, one.log_odds[c] ?? 0])
    .filter(([, odds]) => Math.abs(odds) > noticeable)
    .sort((a, b) => Math.abs(b[1]) - Math.abs(a[1]));
  return {
    forIt: features.filter(([, odds]) => odds > 0).slice(0, 3),
    against: features.filter(([, odds]) => odds < 0).slice(0, 3),
  };
}

const leastSources = 100; // that an extreme percentile means something
const extreme = 1; // %

/** Whether a value is among the 1 % lowest or highest of enough sources. */
export const isExtreme = (rank: Rank | null): boolean =>
  rank !== null &&
  rank.sources >= leastSources &&
  (rank.percentile < extreme || rank.percentile > 100 - extreme);

/** A percentile with no more digits than the number of sources gives, never 0 or 100: "97", "> 99.9". */
export function percentileText({ percentile, sources }: Rank): string {
  const tail = Math.min(percentile, 100 - percentile);
  const digits = tail >= 1 || sources < 1000 ? 0 : tail >= 0.1 || sources < 10_000 ? 1 : 2;
  const least = 10 ** -digits;
  if (tail < least / 2)
    return percentile < 50 ? `< ${least.toFixed(digits)}` : `> ${(100 - least).toFixed(digits)}`;
  return percentile.toFixed(digits);
}
