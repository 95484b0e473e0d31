/**
 * Makes a provider's message fit to be shown: no credentials, no addresses, no accounts, no wall of text.
 *
 * It hides too much rather than too little. Paths of fields, model ids and ids of tool calls stay: they are what the
 * client has to look at. Every pattern is linear in the text, whatever the text is.
 */
import { cut } from '../model/cut';

/** Characters shown. */
const LONGEST = 1_000;
/** Characters looked at: what is cut off before it is looked at cannot leave half a key behind. */
const LONGEST_READ = 8_000;

const HIDDEN: readonly [RegExp, string][] = [
  // Credentials by their shape.
  [/\b(?:sk|pk|rk|key)-[A-Za-z0-9_-]{8,}/g, '[key]'],
  [/\b(?:AKIA|ASIA|AROA|AIDA|ABIA|ACCA)[A-Z0-9]{12,}/g, '[key]'],
  [
    /\b(?:gh[pousr]_|github_pat_|glpat-|xox[abprs]-|AIza|ABSK|bedrock-api-key-)[A-Za-z0-9_+/=-]{8,}/g,
    '[key]',
  ],
  [/\beyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]+){0,4}/g, '[key]'],
  [/\b(?:Bearer|Basic)\s+[^\s"',]+/gi, '[key]'],
  // Credentials by what they are called.
  [
    /(?<![A-Za-z0-9])((?:x-)?(?:amz-)?(?:api|access|secret|security|private|session|auth|master)?[-_ ]?(?:key|token|secret|password|passwd|signature|credential|authorization)(?:[-_ ]?id)?["']?\s{0,4}(?:[:=]|\bis\b|\bprovided:)\s{0,4}["']?)(?:\[key\])?[^\s"',;)}\]]*/gi,
    '$1[key]',
  ],
  // Where things are.
  [/\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s"'<>)\]]+/gi, '[address]'],
  [/\barn:aws[a-z-]*:[^\s"',)\]]+/gi, '[resource]'],
  [/[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,}/g, '[address]'],
  [/\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b/g, '[address]'],
  [/(?<![A-Za-z0-9:])(?:[0-9a-f]{1,4}:){3,7}[0-9a-f]{1,4}(?![A-Za-z0-9:])/gi, '[address]'],
  [
    /(?<![A-Za-z0-9:])(?:[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){0,6})?::(?:[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){0,6})?(?![A-Za-z0-9:])/gi,
    '[address]',
  ],
  [
    /\b(?:[a-z0-9_-]{1,63}\.){1,8}(?:internal|intranet|intra|local|localdomain|lan|corp|home|svc|cluster|consul|com|net|org|io|ai|dev|cloud|app|eu|de|uk|example|test|invalid)\b(?::\d+)?/gi,
    '[address]',
  ],
  [/\blocalhost\b(?::\d+)?/gi, '[address]'],
  [/\b[a-z][a-z0-9-]{0,62}:\d{2,5}\b/gi, '[address]'],
  // Whose account it is.
  [/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi, '[id]'],
  [/\b\d{12}\b/g, '[id]'],
  // Whatever else is as long and mixed as only keys are.
  [/(?<![A-Za-z0-9+/_-])(?=[A-Za-z+/_]{0,64}\d)[A-Za-z0-9+/_]{32,}={0,2}/g, '[key]'],
];

/** @param message a provider's own words, of any length and content */
export function sanitize(message: string): string {
  const read = cut(message, LONGEST_READ).replace(/[\0-\x1f\x7f\u2028\u2029]+/g, ' ');
  // bounded: `LONGEST_READ`
  const safe = HIDDEN.reduce((text, [pattern, mark]) => text.replace(pattern, mark), read);
  return safe.length > LONGEST || message.length > LONGEST_READ ? `${safe.slice(0, LONGEST)}…` : safe;
}
