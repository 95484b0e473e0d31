/** What the holder of a key that has ended is told: what became of it, and what helps for a key of that kind. */
import { GatewayError } from '../errors';
import type { EndedBecause, KeyRecord } from './key-record';

/** What became of a key. `suspended`: revoked, since its owner was suspended or is gone. */
type Ending = 'expired' | 'replaced' | 'revoked' | 'suspended' | 'blocked' | 'paused' | EndedBecause;

/** `own`: a person's, by self-service. `issued`: an administrator's doing, as for CI. */
type Kind = 'workspace' | 'own' | 'issued';

type Ended = Pick<
  KeyRecord,
  'workspaceId' | 'createdBy' | 'isReplaced' | 'ownerSuspendedAt' | 'endedBecause'
>;

const kindOf = ({ workspaceId, createdBy }: Ended): Kind => {
  if (workspaceId !== null) return 'workspace';
  return createdBy === 'self-service' ? 'own' : 'issued';
};

const WHAT: Readonly<Record<Ending, string>> = {
  expired: 'this key has expired',
  replaced: 'another key has taken the place of this one',
  revoked: 'this key has been revoked',
  suspended: 'this key has been revoked, since Coder says that its owner is suspended or gone',
  blocked: 'an administrator has blocked this key',
  paused: "this key's workspace is stopped",
  workspace_deleted: 'this workspace was deleted in Coder',
  workspace_passed_on: 'this workspace has another owner in Coder',
  assistant_off: 'AI was switched off for this workspace',
};

const ASK = 'Ask an administrator';
const RELOAD = 'Reload the window; if that does not help, restart the workspace.';
const IN_ANOTHER = 'Work in another workspace; each has a key of its own.';
const START_AGAIN = 'Restart the workspace, then reload the window.';
const SWITCH_ON = 'Choose an AI Coding Agent in its settings and restart it.';
const ONCE_MORE = 'Ask for a new one as you did for this one.';

const always = (help: string): Readonly<Record<Kind, string>> => ({
  workspace: help,
  own: help,
  issued: help,
});

const HELP: Readonly<Record<Ending, Readonly<Record<Kind, string>>>> = {
  expired: {
    workspace: 'Restart the workspace to renew it.',
    own: ONCE_MORE,
    issued: `${ASK} for a new one.`,
  },
  replaced: {
    workspace: RELOAD,
    own: 'Use the newer one.',
    issued: `Use the newer one, or ask an administrator for it.`,
  },
  revoked: {
    workspace: 'Reload the window; if that does not help, restart or update the workspace.',
    own: ONCE_MORE,
    issued: `${ASK} for a new one.`,
  },
  suspended: always(`${ASK} of Coder.`),
  blocked: always(`${ASK} to open it again.`),
  paused: {
    workspace: 'Start the workspace to use it again.',
    own: `${ASK} to open it again.`,
    issued: `${ASK} to open it again.`,
  },
  workspace_deleted: always(IN_ANOTHER),
  workspace_passed_on: always(START_AGAIN),
  assistant_off: always(SWITCH_ON),
};

export function endedKey(
  code: 'key_expired' | 'key_revoked' | 'key_blocked' | 'key_paused',
  key: Ended,
): GatewayError {
  const ending = endingOf(code, key);
  return new GatewayError(code, {
    message: `Authentication Error, ${WHAT[ending]}. ${HELP[ending][kindOf(key)]}`,
  });
}

function endingOf(
  code: Parameters<typeof endedKey>[0],
  { isReplaced, ownerSuspendedAt, endedBecause }: Ended,
): Ending {
  switch (code) {
    case 'key_revoked':
      if (endedBecause === 'workspace_deleted') return endedBecause;
      if (ownerSuspendedAt !== null) return 'suspended';
      if (endedBecause !== null) return endedBecause;
      return isReplaced ? 'replaced' : 'revoked';
    case 'key_expired':
      return isReplaced ? 'replaced' : 'expired';
    case 'key_blocked':
      return 'blocked';
    case 'key_paused':
      return 'paused';
  }
}
