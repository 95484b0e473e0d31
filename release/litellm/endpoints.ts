/** Addresses of OpenAI-compatible servers, by the names under which deployments know them. */
import { isReference, sourceOf, type Report } from './report';

const LONGEST_NAME = 32;

interface Endpoint {
  readonly name: string;
  /** As it can be shown. */
  readonly base: string;
  /** Where its key is; undefined: it has none. */
  readonly key: string | undefined;
}

export class Endpoints {
  readonly #found = new Map<string, Endpoint>();

  /**
   * The same for the same address and key.
   *
   * @returns undefined for an address that holds a password or a query, or is none
   */
  nameFor(base: string, key: unknown): Endpoint | undefined {
    const shown = isReference(base) ? `(${sourceOf(base)})` : addressOf(base);
    if (shown === undefined) return undefined;
    const keyOf = typeof key === 'string' ? key : '';
    const identity = JSON.stringify([base, keyOf]);
    const known = this.#found.get(identity);
    if (known !== undefined) return known;
    const endpoint = {
      name: this.#free(isReference(base) ? 'endpoint' : new URL(base).hostname),
      base: shown,
      key: key == null ? undefined : sourceOf(key),
    };
    this.#found.set(identity, endpoint);
    return endpoint;
  }

  tell(report: Report): void {
    for (const { name, base, key } of this.#found.values())
      report.set(
        'OPENAI_COMPATIBLE_ENDPOINTS',
        `"${name}": {"base_url": "${base}"${key === undefined ? '' : `, "api_key": "(${key})"`}}`,
      );
  }

  #free(host: string): string {
    const taken = new Set([...this.#found.values()].map(({ name }) => name));
    const plain = host
      .slice(0, 253)
      .toLowerCase()
      .replace(/[^a-z0-9]/g, '-')
      .replace(/^-/, '')
      .slice(0, LONGEST_NAME - 5);
    const first = plain === '' ? 'endpoint' : plain;
    let name = first;
    for (let number = 2; taken.has(name); number += 1) name = `${first}-${number}`;
    return name;
  }
}

function addressOf(base: string): string | undefined {
  if (base.length > 2_000 || !URL.canParse(base)) return undefined;
  const { protocol, username, password, search, hash, href } = new URL(base);
  const isPlain = username === '' && password === '' && search === '' && hash === '';
  return isPlain && (protocol === 'https:' || protocol === 'http:') ? href.replace(/\/$/, '') : undefined;
}
