/** Keeps out what the store cannot keep as it was sent: some characters in text, and what is nested without end. */
import { GatewayError } from '../errors';

/** Postgres text has no NUL, and no half of a pair of surrogates is a character in UTF-8. */
const UNSTORABLE = /[\0\p{Cs}]/u;

const MOST_LEVELS = 64;
const LONGEST_PLACE = 64;

interface Part {
  readonly value: unknown;
  /** `metadata.team.0` */
  readonly place: string;
  /** The field of the request that it is in. */
  readonly field: string;
  readonly level: number;
}

/** Looks at every text, and at every name of a member, at every depth. */
export function refuseUnstorable(fields: Readonly<Record<string, unknown>>): void {
  const parts: Part[] = Object.entries(fields).map(([name, value]) => ({
    value,
    place: shown(name),
    field: shown(name),
    level: 1,
  }));
  // A list of what is to be done instead of a function that calls itself, which ends with the stack.
  for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
    const { value, place, field, level } = part;
    if (typeof value === 'string') refuseText(value, part);
    if (value === null || typeof value !== 'object') continue;
    if (level > MOST_LEVELS) throw refusal(part, `is nested more than ${MOST_LEVELS} levels deep`);
    for (const [name, inner] of Object.entries(value)) {
      if (!Array.isArray(value)) refuseText(name, part);
      const inside = place.length < LONGEST_PLACE ? `${place}.${shown(name)}` : place;
      parts.push({ value: inner, place: inside, field, level: level + 1 });
    }
  }
}

const shown = (name: string): string => name.slice(0, LONGEST_PLACE);

function refuseText(text: string, part: Part): void {
  const [found] = UNSTORABLE.exec(text) ?? [];
  if (found === undefined) return;
  throw refusal(
    part,
    found === '\0'
      ? 'holds the character NUL (U+0000), which cannot be stored. Leave it out'
      : 'holds half of a surrogate pair (U+D800 to U+DFFF), which is no character. Send the text as UTF-8',
  );
}

const refusal = ({ place, field }: Part, problem: string): GatewayError =>
  new GatewayError('request_invalid', { message: `${place} ${problem}.`, param: field });
