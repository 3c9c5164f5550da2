// The surveys that can be chosen, and where they are.
import { direct } from "./gate.js";

export const surveys: [string, string][] = [
  ["CDS/P/DSS2/color", "DSS2, optical"],
  ["CDS/P/2MASS/color", "2MASS, near infrared"],
  ["cxc.harvard.edu/P/cda/hips/allsky/rgb", "X-rays, 0.5–7 keV"],
  ["erosita/dr1/rate/rgb", "eROSITA DR1, X-rays (western sky)"],
];
export const firstSurvey = surveys[0][0];

const patience_ms = 2500; // a message must be there within 3 s
const registries = ["https://alasky.unistra.fr/MocServer", "https://alaskybis.unistra.fr/MocServer"];

const isAddress = (survey: string): boolean => /^https?:\/\//i.test(survey);

/** A survey as it is asked for: an id of the CDS's list, or the address of the folder of a HiPS.
 *  Null if a text is neither. */
export function surveyOf(text: string | null): string | null {
  const given = (text ?? "").trim();
  if (!isAddress(given)) return /^[\w.+-]+(\/[\w.+-]+)+$/.test(given) ? given : null;
  if (!URL.canParse(given)) return null;
  const url = new URL(given);
  url.hash = "";
  return url.href.replace(/\/(properties|index\.html)?$/, "");
}

/** What a survey that is not in the list is called: "example.org … /color". */
export function titleOf(survey: string): string {
  const known = surveys.find(([id]) => id === survey);
  if (known) return known[1];
  const text = survey.replace(/^https?:\/\//i, "");
  return text.length <= 36 ? text : `${text.slice(0, 17)} … ${text.slice(-16)}`;
}

async function text(url: string, signal: AbortSignal): Promise<string> {
  const response = await direct(url, { signal });
  if (!response.ok) throw new Error(`${new URL(url).host} answered ${response.status}`);
  return response.text();
}

/** The address of a survey in the list of the CDS. */
async function registered(id: string, signal: AbortSignal): Promise<string> {
  const query = new URLSearchParams({ get: "record", fmt: "json", ID: `*${id}*` });
  const ask = (registry: string) => text(`${registry}/query?${query}`, signal);
  const records = JSON.parse(await Promise.any(registries.map(ask))) as Record<string, string>[];
  const record = records.find(({ ID }) => ID === id) ?? records[0];
  const address = surveyOf(record?.hips_service_url ?? null);
  if (!address) throw new Error(`The CDS in Strasbourg lists no survey ${id}`);
  return address;
}

/** The address of a survey, after it has answered. The message of an error is for the reader. */
export async function located(survey: string): Promise<string> {
  const host = isAddress(survey) ? new URL(survey).host : "the CDS in Strasbourg";
  const signal = AbortSignal.timeout(patience_ms);
  try {
    if (!isAddress(survey)) return await registered(survey, signal);
    const properties = await text(`${survey}/properties`, signal);
    if (!/^\s*hips_order\s*=/m.test(properties))
      throw new Error(`There is no HiPS at ${survey}: its file "properties" lacks hips_order`);
    return survey;
  } catch (error) {
    const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
    if (signal.aborted)
      throw new Error(`There are no images: ${host} has not answered within ${patience_ms / 1000} s`);
    if (first instanceof TypeError)
      throw new Error(
        `There are no images: ${host} cannot be reached` +
          (isAddress(survey) ? ", or does not allow other pages to read it (CORS)" : ""),
      );
    throw first;
  }
}
