/** How the gateway stands with the Coder it looks at: told in the log once for each change, and to holders of keys. */
import { GatewayError } from '../errors';
import type { Logger } from '../log';

export type CoderState =
  | 'reached'
  | 'token_refused'
  | 'token_forbidden'
  | 'token_too_narrow'
  | 'unreachable'
  | 'not_coder'
  | 'troubled';

interface Words {
  readonly says: string;
  readonly remedy: string;
}

const AS_HAPPENED =
  'until then keys of stopped workspaces and of suspended people hold on to their maximum age';

export const CODER_STATES: Readonly<Record<CoderState, Words>> = {
  reached: { says: 'Coder answers', remedy: 'nothing' },
  token_refused: {
    says: 'Coder does not accept CODER_TOKEN (401): it was removed, has expired, or its owner is suspended',
    remedy: 'an administrator makes a new one (coder tokens create) and sets CODER_TOKEN',
  },
  token_forbidden: {
    says: 'Coder forbids CODER_TOKEN to look at workspaces and people (403)',
    remedy: 'an administrator makes one as somebody who may, for example with the role Template Admin',
  },
  token_too_narrow: {
    says: 'CODER_TOKEN does not show the workspaces or the other people of this Coder',
    remedy:
      'it needs the scopes workspace:read, template:read and user:read, of somebody who may see them all (Template Admin)',
  },
  unreachable: {
    says: 'the Coder at CODER_URL cannot be reached',
    remedy: 'an administrator looks whether it runs, and whether CODER_URL is right',
  },
  not_coder: {
    says: 'what answers at CODER_URL is no Coder',
    remedy: 'an administrator sets CODER_URL to the address of Coder itself, without a path',
  },
  troubled: {
    says: 'Coder has troubles of its own just now',
    remedy: 'it is asked again; if it stays, an administrator looks into the log of Coder',
  },
};

const isState = (value: unknown): value is CoderState =>
  typeof value === 'string' && Object.hasOwn(CODER_STATES, value);

/** Why Coder did not say what it was asked; the cause of the error that a caller gets. */
export class CoderFault extends Error {
  constructor(
    readonly state: CoderState,
    /** Never with a token, an address or words of a stranger's. */
    readonly detail: string,
  ) {
    super(`${CODER_STATES[state].says}: ${detail}`);
  }
}

/** Undefined: it was not Coder that failed. */
export function stateOf(fault: unknown): { readonly state: CoderState; readonly detail: string } | undefined {
  if (!(fault instanceof GatewayError)) return undefined;
  if (fault.cause instanceof CoderFault) return fault.cause;
  if (fault.code === 'coder_token_refused') return { state: 'token_refused', detail: 'status 401' };
  if (fault.code === 'coder_token_too_narrow') return { state: 'token_too_narrow', detail: 'status 404' };
  return undefined;
}

export interface CoderStanding {
  /** Undefined: it has not been looked at yet, or never is. */
  readonly current: { readonly state: CoderState; readonly since: Date } | undefined;
  note(state: CoderState, detail?: string): void;
  /** What another process of this gateway has found. */
  noteFound(outcome: string | null): void;
}

export function createCoderStanding(logger: Logger, now: () => Date): CoderStanding {
  let current: CoderStanding['current'];

  function note(state: CoderState, detail?: string): void {
    const before = current?.state;
    if (before === state) return;
    current = { state, since: now() };
    const { says, remedy } = CODER_STATES[state];
    if (state !== 'reached')
      logger.warn(says, { coder: state, before, detail, what_to_do: remedy, consequence: AS_HAPPENED });
    else if (before !== undefined) logger.info('Coder answers again', { coder: state, before });
  }

  return {
    get current() {
      return current;
    },
    note,
    noteFound(outcome) {
      if (outcome === 'done') note('reached');
      else if (isState(outcome)) note(outcome, 'found by another process of this gateway');
    },
  };
}

/** For the holder of a key: whether Coder is looked at, and what is to be done if not. */
export function describeCoder(standing: CoderStanding): Record<string, unknown> | null {
  const { current } = standing;
  if (current === undefined) return null;
  const { says, remedy } = CODER_STATES[current.state];
  return { state: current.state, since: current.since.toISOString(), says, what_to_do: remedy };
}
