/** What the calls of this process say of deployments: which one fails again and again, and which one answers. */
import type { DeploymentHealth } from '../health/deployment-health';
import type { EndedCall } from '../telemetry/ended-call';

export interface Seen {
  readonly state: 'well' | 'ill';
  /** The refusal's code. */
  readonly error: string | undefined;
}

export interface DeploymentsSeen {
  note(call: EndedCall): void;
  /** What has been seen since the last time, by `provider/model id`. */
  take(): ReadonlyMap<string, Seen>;
}

/** Of the catalog, which is somebody's of ours; beyond that it is a fault. */
const MOST = 10_000;

/** @param coolDownMs a deployment that fails again so long after its first failure is down */
export function createDeploymentsSeen(
  health: Pick<DeploymentHealth, 'pausedUntil'>,
  coolDownMs: number,
): DeploymentsSeen {
  /** When it began to fail, by `performance.now()`. */
  const failing = new Map<string, number>();
  let seen = new Map<string, Seen>();

  return {
    note({ attempts }) {
      for (const { provider, deployment, endedAt, error } of attempts) {
        const name = `${provider}/${deployment}`;
        if (error === undefined) {
          failing.delete(name);
          if (seen.size < MOST) seen.set(name, { state: 'well', error: undefined });
        } else if (health.pausedUntil(name) !== undefined) {
          // Else it was the call's own fault, or the client has gone.
          const since = failing.get(name) ?? endedAt;
          if (failing.size < MOST) failing.set(name, since);
          if (seen.size < MOST && endedAt - since >= coolDownMs)
            seen.set(name, { state: 'ill', error: error.code });
        }
      }
    },
    take() {
      const taken = seen;
      seen = new Map();
      return taken;
    },
  };
}
