/** Which version a Coder is, and what its clock says: both are told without a token. */

export interface BuildInfo {
  /** `2.36.1`, without what is behind it. */
  readonly version: string;
  /** Of the answer, whole seconds. */
  readonly at: Date | undefined;
}

const LIMIT_MS = 5_000;
/** Bytes. */
const LONGEST_ANSWER = 64 * 1024;
const VERSION = /^v?(\d{1,4}\.\d{1,4}\.\d{1,6})\b/;

/** @returns nothing when it does not say so: it is away, or no Coder */
export async function buildInfo(url: string): Promise<BuildInfo | undefined> {
  try {
    const response = await fetch(`${url}/api/v2/buildinfo`, {
      headers: { accept: 'application/json' },
      redirect: 'error',
      signal: AbortSignal.timeout(LIMIT_MS),
    });
    let text = '';
    const decoder = new TextDecoder();
    const reader = response.body?.getReader();
    for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
      text += decoder.decode(part.value, { stream: true });
      if (text.length <= LONGEST_ANSWER) continue;
      await reader?.cancel();
      return undefined;
    }
    const { version } = JSON.parse(text) as { version?: unknown };
    // bounded: `LONGEST_ANSWER`
    const found = typeof version === 'string' ? VERSION.exec(version)?.[1] : undefined;
    const at = new Date(response.headers.get('date') ?? NaN);
    return found === undefined
      ? undefined
      : { version: found, at: Number.isNaN(at.getTime()) ? undefined : at };
  } catch {
    return undefined;
  }
}
