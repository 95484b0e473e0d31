/** What checks are about: the site, and what has been learned of it; each thing is asked for once, whoever needs it. */
import { Engine } from '../platform/engine';
import { CliError, EXIT } from '../terminal/fault';
import { ask, NoAnswer, type Answer } from './ask';
import type { Site } from './site';
import type { DeploymentState, SiteState } from './state';

export interface DoctorWords {
  readonly completions?: boolean;
  readonly model?: string;
  /** Seconds for all. */
  readonly timeout: number;
}

/** What the admin listener said instead of what it was asked for. */
export class Refused extends CliError {}

/** Milliseconds for what the gateway has to ask others about. */
const PATIENCE_MS = 45_000;

export class Facts {
  #state: Promise<{ readonly state: SiteState; readonly answer: Answer }> | undefined;
  #deployments: Promise<readonly DeploymentState[]> | undefined;
  #engine: Promise<Engine> | undefined;

  constructor(
    readonly site: Site,
    readonly words: DoctorWords,
    readonly stop: AbortSignal,
  ) {}

  /** @throws Refused, NoAnswer */
  state(): Promise<{ readonly state: SiteState; readonly answer: Answer }> {
    return (this.#state ??= this.admin('GET', '/site/state').then((answer) => ({
      state: answer.json as SiteState,
      answer,
    })));
  }

  deployments(): Promise<readonly DeploymentState[]> {
    return (this.#deployments ??= this.admin('GET', '/site/deployments').then(
      ({ json }) => (json as { deployments: readonly DeploymentState[] }).deployments,
    ));
  }

  /** @throws CliError where none answers */
  engine(): Promise<Engine> {
    return (this.#engine ??= (async () => {
      const engine = new Engine();
      await engine.version();
      return engine;
    })());
  }

  /** Asks the admin listener. @throws Refused, NoAnswer */
  async admin(
    method: 'GET' | 'POST',
    path: string,
    body?: unknown,
    signal: AbortSignal = this.stop,
  ): Promise<Answer> {
    const { admin, adminKey, keyFrom } = this.site;
    const answer = await ask(
      { ...admin, url: admin.url + path },
      {
        method,
        signal,
        limitMs: PATIENCE_MS,
        headers: { authorization: `Bearer ${adminKey}` },
        ...(body === undefined ? {} : { body }),
      },
    );
    if (answer.status === 200 && answer.json !== null && typeof answer.json === 'object') return answer;
    if (answer.status === 401)
      throw new Refused(`the gateway does not take the key of ${keyFrom}`, EXIT.refused, 401);
    throw new Refused(
      answer.status === 404
        ? 'the gateway knows nothing of this question: it is older than this program'
        : (messageIn(answer.json) ?? `the admin listener answers ${answer.status}`),
      EXIT.refused,
      answer.status,
    );
  }
}

/** What a refusal says, of bounded length and without its full stop. */
export function messageIn(json: unknown): string | undefined {
  const message = (json as { error?: { message?: unknown } } | null | undefined)?.error?.message;
  return typeof message === 'string' ? message.slice(0, 500).replace(/\.$/, '') : undefined;
}

export const isUnreached = (thrown: unknown): boolean => thrown instanceof NoAnswer;
