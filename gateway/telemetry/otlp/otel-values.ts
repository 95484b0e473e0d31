/**
 * Values of OpenTelemetry's variables. Of what it does not know, the default holds, as in its SDKs, and a sentence is kept
 * for a line at start.
 */
import type { Settings } from '../../config/environment';
import { cut } from '../../model/cut';

const SERVICE_NAME = 'ai-gateway';
const LONGEST = 256;
const MOST_PAIRS = 64;
const LONGEST_PAIRS = 16_384;
/** RFC 9110: a token. */
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/;
const HEADER_VALUE = /^[\x20-\x7e]{0,8192}$/;

/** Reads values one by one, and keeps what is to be said of them. Values of secret ones are never said. */
export class OtelReader {
  constructor(readonly remarks: string[]) {}

  protected instead(name: string, value: string, allowed: string, instead: string): void {
    this.remarks.push(`${name} is "${cut(value, 64)}": it must be ${allowed}, and ${instead} holds.`);
  }

  oneOf<T extends string>(name: string, value: string | undefined, allowed: readonly T[], instead: T): T {
    const found = allowed.find((each) => each === value?.trim().toLowerCase());
    if (found === undefined && value !== undefined) this.instead(name, value, allowed.join(' or '), instead);
    return found ?? instead;
  }

  flag(name: string, value: string | undefined): boolean {
    return this.oneOf(name, value, ['true', 'false'], 'false') === 'true';
  }

  count(name: string, value: string | undefined, instead: number): number {
    if (value === undefined) return instead;
    // bounded: whoever runs the gateway sets it
    if (/^\d{1,7}$/.test(value) && Number(value) > 0) return Number(value);
    this.instead(name, value, 'a whole number from 1 to 9999999', String(instead));
    return instead;
  }

  pairs(name: string, text = ''): Record<string, string> {
    const pairs: Record<string, string> = { 'service.name': SERVICE_NAME };
    for (const [key, value] of this.#pairsOf(name, text)) pairs[cut(key, LONGEST)] = cut(value, LONGEST);
    return pairs;
  }

  headers(name: string, text = ''): Record<string, string> {
    const headers: Record<string, string> = {};
    for (const [key, value] of this.#pairsOf(name, text))
      // bounded: whoever runs the gateway sets it
      if (HEADER_NAME.test(key) && HEADER_VALUE.test(value)) headers[key.toLowerCase()] = value;
      else this.remarks.push(`${name} has a header that can be none: it is left out.`);
    return headers;
  }

  #pairsOf(name: string, text: string): [string, string][] {
    // bounded: whoever runs the gateway sets it
    const parts = text.slice(0, LONGEST_PAIRS).split(',', MOST_PAIRS);
    return parts.flatMap((part): [string, string][] => {
      const at = part.indexOf('=');
      if (part.trim() === '') return [];
      try {
        if (at > 0) return [[part.slice(0, at).trim(), decodeURIComponent(part.slice(at + 1).trim())]];
      } catch {
        // Said below.
      }
      this.remarks.push(`${name} has a part that is no name=value, percent-encoded: it is left out.`);
      return [];
    });
  }
}

/** What this program calls itself. */
export const resourceOf = (
  { resourceAttributes, serviceName }: Settings,
  read: OtelReader,
): Readonly<Record<string, string>> => ({
  ...read.pairs('OTEL_RESOURCE_ATTRIBUTES', resourceAttributes),
  ...(serviceName === undefined ? {} : { 'service.name': cut(serviceName, LONGEST) }),
});
