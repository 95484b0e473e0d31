/** The W3C header by which a caller says which trace its call belongs to: https://www.w3.org/TR/trace-context/. */
import type { IncomingHttpHeaders } from 'node:http';

export interface TraceParent {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 of them. */
  readonly spanId: string;
  readonly isSampled: boolean;
}

const LONGEST = 128;
/** Later versions may have more behind the flags. */
const FORM = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const NOTHING = /^0+$/;
const SAMPLED = 1;

/** What is not of that form says nothing, as if it were not there. */
export function readTraceParent(headers: IncomingHttpHeaders): TraceParent | undefined {
  const value = headers['traceparent'];
  if (typeof value !== 'string' || value.length > LONGEST) return undefined;
  // bounded: `LONGEST`
  const [, version, traceId = '', spanId = '', flags = '', rest] = FORM.exec(value) ?? [];
  if (version === undefined || version === 'ff' || (version === '00' && rest !== undefined)) return undefined;
  if (!isId(traceId) || !isId(spanId)) return undefined;
  return { traceId, spanId, isSampled: (parseInt(flags, 16) & SAMPLED) !== 0 };
}

// bounded: `LONGEST`
const isId = (digits: string): boolean => !NOTHING.test(digits);

export const writeTraceParent = ({ traceId, spanId, isSampled }: TraceParent): string =>
  `00-${traceId}-${spanId}-${isSampled ? '01' : '00'}`;
