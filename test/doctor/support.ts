/** `contractor-workspace doctor` as people run it, and a site between it and which something is changed. */
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { run, type Environment } from '../administration/support';
import { MASTER_KEY } from '../gateway/support/gateway';
import { patientServer } from '../standins/patient-server';

export interface SaidFinding {
  readonly check: string;
  readonly severity: string;
  readonly says: string;
  readonly what_to_do: string | null;
}

export interface Examined {
  readonly code: number | null;
  readonly findings: readonly SaidFinding[];
  readonly out: string;
  readonly err: string;
  /** Findings of a check. */
  readonly of: (check: string) => readonly SaidFinding[];
}

/** No platform is in there. */
export const NO_PLATFORM = join(__dirname, 'no-platform');

export async function examine(
  adminUrl: string,
  args: readonly string[],
  env?: Environment,
): Promise<Examined> {
  const { code, out, err } = await run(
    adminUrl,
    ['doctor', '--folder', NO_PLATFORM, ...args, '--json'],
    env && { GATEWAY_MASTER_KEY: MASTER_KEY, ...env },
  );
  return examined({ code, out, err });
}

export function examined({ code, out, err }: Pick<Examined, 'code' | 'out' | 'err'>): Examined {
  const findings = out === '' ? [] : (JSON.parse(out) as { findings: readonly SaidFinding[] }).findings;
  return { code, findings, out, err, of: (check) => findings.filter((each) => each.check === check) };
}

export interface Between {
  readonly url: string;
  close(): Promise<void>;
}

interface Changes {
  /** Path, what it answers, and what is told instead. */
  readonly body?: (path: string, json: Record<string, object>) => unknown;
  readonly headers?: (headers: Headers) => Record<string, string>;
}

/** Hands all on to a listener of a gateway, and changes what it answers. */
export async function standBetween(url: string, { body, headers }: Changes): Promise<Between> {
  const server = patientServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const { 'x-gateway-check': check } = request.headers;
      const answer = await fetch(url + (request.url ?? ''), {
        method: request.method ?? 'GET',
        headers: {
          authorization: request.headers.authorization ?? '',
          'content-type': 'application/json',
          ...(typeof check === 'string' ? { 'x-gateway-check': check } : {}),
        },
        ...(chunks.length > 0 ? { body: Buffer.concat(chunks) } : {}),
      });
      const text = await answer.text();
      const changed =
        body && answer.ok
          ? JSON.stringify(body(request.url ?? '', JSON.parse(text) as Record<string, object>))
          : text;
      const passed = ['x-gateway-level', 'x-gateway-prompts'].flatMap((name) => {
        const value = answer.headers.get(name);
        return value === null ? [] : [[name, value]];
      });
      response.writeHead(answer.status, {
        'content-type': 'application/json',
        ...(Object.fromEntries(passed) as Record<string, string>),
        ...headers?.(answer.headers),
      });
      response.end(changed);
    })();
  });
  await new Promise<void>((listens) => server.listen(0, '127.0.0.1', listens));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}
