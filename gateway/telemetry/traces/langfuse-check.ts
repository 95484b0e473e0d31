/** Says, a moment after the start, whether Langfuse is there, which version it is, and whether the keys are of a project. */
import type { Logger } from '../../log';
import { cut } from '../../model/cut';
import { ask } from './ask';
import type { EndpointStanding } from './endpoint-standing';
import type { TraceSettings } from './trace-settings';

const LONGEST_VERSION = 32;
const WANTED = 4;

export async function checkLangfuse(
  { host, headers, timeoutMs }: NonNullable<TraceSettings['langfuse']>,
  standing: EndpointStanding,
  logger: Logger,
): Promise<void> {
  const question = { method: 'GET', timeoutMs } as const;
  const health = await ask(`${host}/api/public/health`, { ...question, headers: {} });
  if (health.status === undefined) return standing.away(health.reason);
  const version = versionIn(health.body);
  const major = parseInt(version ?? '', 10);
  const { authorization = '' } = headers;
  const projects = await ask(`${host}/api/public/projects`, { ...question, headers: { authorization } });
  if (projects.status === undefined) return standing.away(projects.reason);
  const fields = { host: standing.host, langfuse_version: version };
  if (projects.status === 401 || projects.status === 403)
    return logger.error('Langfuse refuses the keys: set both as its project has them', {
      ...fields,
      settings: ['LANGFUSE_PUBLIC_KEY', 'LANGFUSE_SECRET_KEY'],
      status: projects.status,
    });
  if (projects.status !== 200)
    return logger.warn('Langfuse does not answer as Langfuse does', { ...fields, status: projects.status });
  if (major < WANTED)
    return logger.warn(
      `Langfuse is of an old version: traces are made for ${WANTED}; from 3.22 on they may arrive, late and with parts missing`,
      fields,
    );
  logger.info('Langfuse takes the keys', fields);
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
