/** What `up` asks of Coder's interface: its first administrator, and the token by which the gateway looks after workspaces. */
import { readFileSync } from 'node:fs';
import { Agent, request } from 'undici';
import type { PlatformOutline } from '../constructs/platform/platform-outline';
import { CliError } from '../terminal/fault';

const PATIENCE_MS = 60_000;
/** Coder's answers are short here. */
const LONGEST_ANSWER = 4 * 1024 * 1024;

export interface CoderAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** Coder as this machine reaches it, whatever its name leads to here. */
export class Coder {
  private readonly origin: string;
  private readonly agent: Agent;

  /**
   * @param address of this machine, where its port is published; undefined: by its own name
   * @param authority PEM file of what signed its certificate besides the public authorities
   */
  constructor(
    private readonly accessUrl: string,
    address: { readonly host: string; readonly port: number; readonly isTls: boolean } | undefined,
    authority: string | undefined,
  ) {
    const { hostname } = new URL(accessUrl);
    this.origin =
      address === undefined
        ? accessUrl.replace(/\/$/, '')
        : `${address.isTls ? 'https' : 'http'}://${address.host}:${address.port}`;
    this.agent = new Agent({
      connect: {
        ...(authority !== undefined && { ca: readFileSync(authority) }),
        ...(address?.isTls && { servername: hostname }),
      },
    });
  }

  close(): Promise<void> {
    return this.agent.close();
  }

  /** @returns the answer, whatever its status @throws CliError when it is not reached */
  async ask(
    method: 'GET' | 'POST' | 'PUT',
    path: string,
    words: { readonly token?: string; readonly body?: object },
    stop: AbortSignal,
  ): Promise<CoderAnswer> {
    const { token, body } = words;
    try {
      const answer = await request(`${this.origin}${path}`, {
        method,
        dispatcher: this.agent,
        signal: AbortSignal.any([stop, AbortSignal.timeout(PATIENCE_MS)]),
        headers: {
          host: new URL(this.accessUrl).host,
          ...(token !== undefined && { 'coder-session-token': token }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const length = Number(answer.headers['content-length'] ?? 0);
      if (length > LONGEST_ANSWER) throw new CliError('Coder answers with more than can be read.');
      const text = await answer.body.text();
      return { status: answer.statusCode, body: parsed(text) };
    } catch (fault) {
      stop.throwIfAborted();
      if (fault instanceof CliError) throw fault;
      const { code, message } = fault as NodeJS.ErrnoException;
      throw new CliError(`Coder is not reached at ${this.origin} (${code ?? message}).`);
    }
  }

  /** @throws CliError with Coder's own words */
  async must<Body>(...asked: Parameters<Coder['ask']>): Promise<Body> {
    const { status, body } = await this.ask(...asked);
    if (status >= 400)
      throw new CliError(`Coder refuses ${asked[0]} ${asked[1]} (${status}): ${saidBy(body)}`);
    return body as Body;
  }
}

/** @param outline of a platform whose Coder is its own */
export function ownCoder({ services, coder }: PlatformOutline, authority: string | undefined): Coder {
  const port = services.find(({ name }) => name === 'coder')?.ports[0];
  const everywhere = ['0.0.0.0', '::'];
  return new Coder(
    coder.accessUrl,
    port && {
      host: everywhere.includes(port.address) ? '127.0.0.1' : port.address,
      port: port.external,
      isTls: coder.speaksTls,
    },
    coder.speaksTls ? authority : undefined,
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

interface Refusal {
  readonly message?: unknown;
  readonly detail?: unknown;
  readonly validations?: readonly { readonly field?: unknown; readonly detail?: unknown }[];
}

const saidBy = (body: unknown): string => {
  const { message = 'no reason', detail = '', validations = [] } = (body ?? {}) as Refusal;
  const fields = validations.map((each) => `${String(each.field)}: ${String(each.detail)}`);
  return [String(message), String(detail), ...fields]
    .filter((text) => text !== '')
    .join(' ')
    .slice(0, 1_000);
};
