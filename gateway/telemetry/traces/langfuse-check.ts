/** Whether Langfuse is there, which version it is, and whether the keys are of a project: a moment after the start, and when asked. */
import type { Logger } from '../../log';
import { cut } from '../../model/cut';
import { ask } from '../otlp/ask';
import { isCredentialStatus, type EndpointLook, type LookState } from '../otlp/endpoint-look';
import type { EndpointStanding } from '../otlp/endpoint-standing';
import type { TraceSettings } from './trace-settings';

const LONGEST_VERSION = 32;
const WANTED = 4;

type Langfuse = NonNullable<TraceSettings['langfuse']>;

export async function lookAtLangfuse({ host, headers, timeoutMs }: Langfuse): Promise<EndpointLook> {
  const question = { method: 'GET', timeoutMs } as const;
  const health = await ask(`${host}/api/public/health`, { ...question, headers: {} });
  if (health.status === undefined) return { state: 'away', reason: health.reason, version: undefined };
  const version = versionIn(health.body);
  const look = (state: LookState, reason?: string): EndpointLook => ({ state, reason, version });
  const { authorization = '' } = headers;
  const projects = await ask(`${host}/api/public/projects`, { ...question, headers: { authorization } });
  if (projects.status === undefined) return look('away', projects.reason);
  const reason = `status ${projects.status}`;
  if (isCredentialStatus(projects.status)) return look('refuses', reason);
  if (projects.status !== 200) return look('other', reason);
  return parseInt(version ?? '', 10) < WANTED ? look('old') : look('answers');
}

export async function checkLangfuse(
  langfuse: Langfuse,
  standing: EndpointStanding,
  logger: Logger,
): Promise<void> {
  const { state, reason, version } = await lookAtLangfuse(langfuse);
  const fields = { host: standing.host, langfuse_version: version, ...(reason && { reason }) };
  switch (state) {
    case 'away':
      return standing.isUp === undefined ? standing.away(reason ?? state) : undefined;
    case 'refuses':
      return logger.error('Langfuse refuses the keys: set both as its project has them', {
        ...fields,
        settings: ['LANGFUSE_PUBLIC_KEY', 'LANGFUSE_SECRET_KEY'],
      });
    case 'other':
      return logger.warn('Langfuse does not answer as Langfuse does', fields);
    case 'old':
      return logger.warn(
        `Langfuse is of an old version: traces are made for ${WANTED}; from 3.22 on they may arrive, late and with parts missing`,
        fields,
      );
    case 'answers':
      return logger.info('Langfuse takes the keys', fields);
  }
}

/** `{"status": "OK", "version": "4.1.0"}`, with status 503 too. */
function versionIn(body: Uint8Array): string | undefined {
  try {
    const { version } = JSON.parse(Buffer.from(body).toString()) as { readonly version?: unknown };
    const text = typeof version === 'string' ? cut(version, LONGEST_VERSION) : '';
    // bounded: `LONGEST_VERSION`
    return /^v?\d+\.\d+[\w.+-]*$/.test(text) ? text.replace(/^v/, '') : undefined;
  } catch {
    return undefined;
  }
}
