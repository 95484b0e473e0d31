/** A request to a server that traces go to. Its answer is somebody else's: little of it is read, and none of it is shown. */
import { readWaitMs } from '../../providers/retry-after';

export type Asked =
  | {
      readonly status: number;
      /** At most `LONGEST_ANSWER` bytes of it. */
      readonly body: Uint8Array;
      /** What `retry-after` says. */
      readonly waitMs: number | undefined;
    }
  | { readonly status: undefined; readonly reason: string };

interface Question {
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array<ArrayBuffer>;
  /** Of all of it, until the answer was read. */
  readonly timeoutMs: number;
}

const LONGEST_ANSWER = 16_384;

export async function ask(url: string, { timeoutMs, ...question }: Question): Promise<Asked> {
  try {
    const response = await fetch(url, {
      ...question,
      headers: { 'user-agent': 'ai-gateway', ...question.headers },
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
    const waitMs = readWaitMs({ 'retry-after': response.headers.get('retry-after') ?? undefined });
    return { status: response.status, body: await beginningOf(response), waitMs };
  } catch (fault) {
    return { status: undefined, reason: reasonOf(fault, timeoutMs) };
  }
}

async function beginningOf({ body }: Response): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  if (body === null) return Buffer.alloc(0);
  let length = 0;
  try {
    for await (const piece of body as unknown as AsyncIterable<Uint8Array>) {
      pieces.push(piece);
      length += piece.length;
      // Leaving the loop lets go of the rest.
      if (length >= LONGEST_ANSWER) break;
    }
  } catch {
    // The status is there, and is what counts: a rest that does not come makes nothing undone.
  }
  return Buffer.concat(pieces).subarray(0, LONGEST_ANSWER);
}

/** The code of the system's error, or of TLS's. Messages are left out: some have the address in them. */
function reasonOf(fault: unknown, timeoutMs: number): string {
  const { name, cause } = fault as { readonly name?: unknown; readonly cause?: unknown };
  if (name === 'TimeoutError') return `no answer within ${timeoutMs} ms`;
  const code = (cause as { readonly code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? code : 'the connection failed';
}
