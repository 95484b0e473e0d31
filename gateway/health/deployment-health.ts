/**
 * Which deployments are left alone for a while because they have just failed.
 *
 * Kept by each process for itself: it decides no money, and finding out costs one call. When the pause is over, one
 * call finds out whether the deployment answers again, while the others still go elsewhere (a half-open circuit).
 */
import type { ErrorCode } from '../errors';
import type { Logger } from '../log';

export interface DeploymentHealth {
  /** Whether it may be asked now. After a pause only the first who asks is told so, until its call has told. */
  mayAsk(deployment: string): boolean;
  /** Whether it is left alone just now. Nobody who asks this finds out whether it answers again. */
  isPaused(deployment: string): boolean;
  /** When its pause ends, by the clock; undefined when it has none. */
  pausedUntil(deployment: string): number | undefined;
  /** It answered what it was asked at that time of the clock. */
  answered(deployment: string, askedAt: number): void;
  /** @param waitMs how long it asks to be left alone, if it said so */
  failed(deployment: string, code: ErrorCode, waitMs?: number): void;
  /** The call that was to find out has ended without telling. */
  untold(deployment: string): void;
  now(): number;
  /** How often each was newly left alone, since the process began. */
  readonly coolDowns: ReadonlyMap<string, number>;
}

/** Milliseconds a call gets to find out, before another may try too: its answer may take minutes. */
const PROBE_MS = 30_000;

interface Pause {
  until: number;
  failedAt: number;
  /** One call is finding out. */
  isProbed: boolean;
}

/**
 * @param coolDownMs how long a deployment is left alone that does not say for how long itself
 * @param now a clock in milliseconds that only runs forward
 */
export function createDeploymentHealth(
  logger: Logger,
  coolDownMs: number,
  now: () => number = () => performance.now(),
): DeploymentHealth {
  const pauses = new Map<string, Pause>();
  const coolDowns = new Map<string, number>();
  return {
    now,
    coolDowns,
    mayAsk(deployment) {
      const pause = pauses.get(deployment);
      if (pause === undefined) return true;
      if (pause.until > now()) return false;
      pause.until = now() + PROBE_MS;
      pause.isProbed = true;
      return true;
    },
    isPaused: (deployment) => (pauses.get(deployment)?.until ?? -Infinity) > now(),
    pausedUntil: (deployment) => pauses.get(deployment)?.until,
    answered(deployment, askedAt) {
      const pause = pauses.get(deployment);
      // What was asked before the failure says nothing about what holds after it.
      if (pause === undefined || askedAt < pause.failedAt) return;
      pauses.delete(deployment);
      logger.info('deployment answers again', { deployment });
    },
    failed(deployment, code, waitMs = 0) {
      const pauseMs = Math.max(coolDownMs, waitMs);
      const isNews = !pauses.has(deployment);
      pauses.set(deployment, { until: now() + pauseMs, failedAt: now(), isProbed: false });
      if (!isNews) return;
      coolDowns.set(deployment, (coolDowns.get(deployment) ?? 0) + 1);
      logger.warn('deployment failed, others come first', { deployment, error: code, pause_ms: pauseMs });
    },
    untold(deployment) {
      const pause = pauses.get(deployment);
      if (!pause?.isProbed) return;
      pause.until = now();
      pause.isProbed = false;
    },
  };
}
