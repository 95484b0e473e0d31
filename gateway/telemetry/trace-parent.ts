/** The trace that a caller's request belongs to, if it says so: https://www.w3.org/TR/trace-context/#traceparent-header */
import type { IncomingHttpHeaders } from 'node:http';

/** Version, trace, span, flags. A later version may have more behind it. */
const FORM = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(-|$)/;
const LENGTH = 55;
/** Characters that a later version may have. */
const LONGEST = 256;

/** Undefined: there is none, or what was sent is none. */
export function traceIdOf({ traceparent: sent }: IncomingHttpHeaders): string | undefined {
  // One that came several times is a list by commas, which is no such header.
  if (typeof sent !== 'string' || sent.length < LENGTH || sent.length > LONGEST) return undefined;
  // bounded: as above
  const [, version, trace, span] = FORM.exec(sent) ?? [];
  if (trace === undefined || version === 'ff' || (version === '00' && sent.length !== LENGTH))
    return undefined;
  return isZero(trace) || isZero(span ?? '') ? undefined : trace;
}

// bounded: 32 characters at most
const isZero = (id: string): boolean => /^0*$/.test(id);
