/** Starts the provider of `provider-main.ts`, and goes through its pages as a browser does. */
import { join } from 'node:path';
import { request } from 'undici';
import { Child } from '../../harness/child';

export interface OpenIdClient {
  readonly id: string;
  readonly secret: string;
  readonly redirectUri: string;
}

/** Claims by the person's id. */
export type OpenIdPeople = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

export interface OpenIdProvider {
  readonly issuer: string;
  close(): Promise<void>;
}

export async function startOpenIdProvider(options: {
  readonly clients: readonly OpenIdClient[];
  readonly people: OpenIdPeople;
  /** Where it says what it knows of a person. @default 'id-token' */
  readonly claimsIn?: 'id-token' | 'userinfo';
}): Promise<OpenIdProvider> {
  const [child, issuer] = await Child.start(
    join(__dirname, 'provider-main.ts'),
    [],
    {
      ...process.env,
      STANDIN_CLIENTS: JSON.stringify(options.clients),
      STANDIN_PEOPLE: JSON.stringify(options.people),
      STANDIN_CLAIMS_IN: options.claimsIn ?? 'id-token',
    },
    (line) => (typeof line['issuer'] === 'string' ? line['issuer'] : undefined),
  );
  return { issuer, close: () => child.stop() };
}

const MOST_STEPS = 10;

/** A browser as far as the provider's pages need one. */
export class Visitor {
  private readonly cookies = new Map<string, string>();

  /**
   * @param person whom the form signs in; nobody: it is declined
   * @returns where the provider sends the browser in the end, which is not asked
   */
  async signIn(location: string, person: string | undefined): Promise<URL> {
    const provider = new URL(location).origin;
    let at = new URL(location);
    let form: string | undefined;
    for (let step = 0; step < MOST_STEPS && at.origin === provider; step += 1) {
      const answer = await request(at, {
        method: form === undefined ? 'GET' : 'POST',
        headers: {
          cookie: [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; '),
          ...(form !== undefined && { 'content-type': 'application/x-www-form-urlencoded' }),
        },
        body: form,
      });
      this.keep(answer.headers['set-cookie']);
      const page = await answer.body.text();
      const next = answer.headers.location;
      if (typeof next === 'string') {
        at = new URL(next, at);
        form = undefined;
      } else if (page.includes('<form method="post"><input name="person">')) {
        form = new URLSearchParams({ person: person ?? '' }).toString();
      } else throw new Error(`the provider answered ${answer.statusCode}: ${page.slice(0, 1_000)}`);
    }
    return at;
  }

  private keep(given: string | string[] = []): void {
    for (const cookie of [given].flat()) {
      const [name = '', value = ''] = cookie.split(';', 1)[0]?.split('=') ?? [];
      if (value === '') this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
  }
}
