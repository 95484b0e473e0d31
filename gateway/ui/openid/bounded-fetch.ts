/** Asks the provider: no answer is read beyond its bound or its time, no redirect is followed, nothing goes in the clear. */
import { isPrivateAddress } from '../../config/openid-variables';
import { OpenIdRefusal } from './refusal';

/** Bytes of one answer, unpacked: far above what thousands of groups or dozens of keys take. */
const LONGEST_ANSWER = 1024 * 1024;
/** Of an answer's head only what the library looks at. */
const HEADERS = ['content-type', 'www-authenticate'];
/** Bytes of such a header. */
const LONGEST_HEADER = 2_048;

interface Request {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body?: unknown;
}

export type BoundedFetch = (url: string, request: Request) => Promise<Response>;

/** @param limitMs milliseconds from the question to the last byte of the answer */
export function createBoundedFetch(limitMs: number): BoundedFetch {
  return async (url, { method, headers, body }) => {
    if (!isPrivateAddress(new URL(url))) throw new OpenIdRefusal('provider_answer_invalid', 'not https');
    try {
      const response = await fetch(url, {
        method,
        headers,
        body: body as string | URLSearchParams | undefined,
        redirect: 'manual',
        signal: AbortSignal.timeout(limitMs),
      });
      return await bounded(response);
    } catch (fault) {
      throw fault instanceof OpenIdRefusal ? fault : unreachable(fault);
    }
  };
}

async function bounded(response: Response): Promise<Response> {
  const { status } = response;
  const isRedirect = status >= 300 && status < 400;
  if (status >= 500 || status === 429 || isRedirect) {
    await response.body?.cancel();
    throw !isRedirect
      ? new OpenIdRefusal('provider_unreachable', `status ${status}`)
      : new OpenIdRefusal('provider_answer_invalid', `a redirect, status ${status}`);
  }
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of bytesOf(response)) {
    length += chunk.byteLength;
    // What ends the loop ends the answer as well.
    if (length > LONGEST_ANSWER) throw new OpenIdRefusal('provider_answer_too_long');
    chunks.push(chunk);
  }
  const kept = HEADERS.flatMap((name): [string, string][] => {
    const value = response.headers.get(name);
    return value === null || value.length > LONGEST_HEADER ? [] : [[name, value]];
  });
  return new Response(status === 204 ? null : Buffer.concat(chunks), { status, headers: kept });
}

/** Its types have only what browsers have as well, which cannot iterate over a stream. */
const bytesOf = ({ body }: Response) => (body ?? []) as unknown as AsyncIterable<Uint8Array>;

/** What kept an answer from coming, by the name of the system's error. */
function unreachable(fault: unknown): OpenIdRefusal {
  const { name, cause } = fault as { name?: string; cause?: { code?: unknown } };
  if (name === 'TimeoutError') return new OpenIdRefusal('provider_unreachable', 'no whole answer in time');
  const code = cause?.code;
  return new OpenIdRefusal('provider_unreachable', typeof code === 'string' ? code.slice(0, 64) : name);
}
