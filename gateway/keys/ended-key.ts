/** What the holder of a key that has ended is told: what became of it, and what helps for a key of that kind. */
import { GatewayError } from '../errors';
import type { KeyRecord } from './key-record';

/** What became of a key. `suspended`: revoked, since its owner was suspended or is gone. */
type Ending = 'expired' | 'replaced' | 'revoked' | 'suspended' | 'blocked' | 'paused';

/** `own`: a person's, by self-service. `issued`: an administrator's doing, as for CI. */
type Kind = 'workspace' | 'own' | 'issued';

type Ended = Pick<KeyRecord, 'workspaceId' | 'createdBy' | 'isReplaced' | 'ownerSuspendedAt'>;

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
};

const ASK = 'Ask an administrator';
const RELOAD = 'Reload the window; if that does not help, restart the workspace.';
const ONCE_MORE = 'Ask for a new one as you did for this one.';

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
  suspended: {
    workspace: `${ASK} of Coder.`,
    own: `${ASK} of Coder.`,
    issued: `${ASK} of Coder.`,
  },
  blocked: {
    workspace: `${ASK} to open it again.`,
    own: `${ASK} to open it again.`,
    issued: `${ASK} to open it again.`,
  },
  paused: {
    workspace: 'Start the workspace to use it again.',
    own: `${ASK} to open it again.`,
    issued: `${ASK} to open it again.`,
  },
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

function endingOf(code: Parameters<typeof endedKey>[0], { isReplaced, ownerSuspendedAt }: Ended): Ending {
  switch (code) {
    case 'key_revoked':
      if (ownerSuspendedAt !== null) return 'suspended';
      return isReplaced ? 'replaced' : 'revoked';
    case 'key_expired':
      return isReplaced ? 'replaced' : 'expired';
    case 'key_blocked':
      return 'blocked';
    case 'key_paused':
      return 'paused';
  }
}
