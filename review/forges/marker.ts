/** The hidden first line by which a comment of ours is known; only one that our own account wrote is looked at. */

const SUMMARY = '<!-- contractor-workspace review: summary -->';
const FINDING = /^<!-- contractor-workspace review: finding ([0-9a-f]{32}) (open|gone) -->(?:\r?\n|$)/;
/** Longer than any marker. */
const LONGEST = 200;

export type Marker =
  | { readonly kind: 'summary' }
  | { readonly kind: 'finding'; readonly fingerprint: string; readonly isOpen: boolean };

export const summaryMarker = (): string => SUMMARY;
export const findingMarker = (fingerprint: string, isOpen: boolean): string =>
  `<!-- contractor-workspace review: finding ${fingerprint} ${isOpen ? 'open' : 'gone'} -->`;

/** Only at the very beginning: further down, texts of others may stand. */
export function readMarker(body: string): Marker | undefined {
  const start = body.slice(0, LONGEST);
  if (start.startsWith(SUMMARY)) return { kind: 'summary' };
  const [, fingerprint, state] = FINDING.exec(start) ?? [];
  return fingerprint === undefined ? undefined : { kind: 'finding', fingerprint, isOpen: state === 'open' };
}

/** @returns the text below the marker */
export const withoutMarker = (body: string): string => body.slice(body.indexOf('\n') + 1);
