/** A line "alert" of the log is told as an alert as well: whoever writes it knows nothing of channels. */
import type { LogFields, Logger } from '../log';
import type { AlertEvent } from './outbox';
import { deploymentSubject, LEDGER } from './subjects';
import { say } from './words';

type Reading = (fields: LogFields, now: Date) => AlertEvent;

const textOf = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : 'unknown';
const dayOf = (now: Date): string => now.toISOString().slice(0, 10);

/**
 * By the field `alert` of the line. One that is not here is told by those who look at the store, so that it is told
 * also when the process dies: that a key was closed.
 */
const READINGS: Readonly<Record<string, Reading>> = {
  settlement_refused: ({ request_id: id, consequence }) => ({
    event: `settlement_refused/${textOf(id)}`,
    kind: 'settlement_refused',
    subject: LEDGER,
    title: say`The store refused to book the call ${textOf(id)}.`,
    facts: [['Consequence', [textOf(consequence)]]],
  }),
  count_below_usage: ({ deployment, bound, used, request_id: id }, now) => ({
    event: `count_below_usage/${textOf(deployment)}/${dayOf(now)}`,
    kind: 'count_below_usage',
    subject: deploymentSubject(textOf(deployment)),
    title: say`${textOf(deployment)} counted fewer tokens for a call than it billed.`,
    facts: [
      ['Counted, at most', [textOf(bound)]],
      ['Billed', [textOf(used)]],
      ['Request', say`${textOf(id)}`],
    ],
  }),
};

export const ALERT_LINE = 'alert';

export function alertingLogger(logger: Logger, note: (alert: AlertEvent) => void, now: () => Date): Logger {
  return {
    ...logger,
    error(msg, fields) {
      logger.error(msg, fields);
      if (msg !== ALERT_LINE || fields === undefined) return;
      const name = fields['alert'];
      const reading = typeof name === 'string' && Object.hasOwn(READINGS, name) ? READINGS[name] : undefined;
      if (reading !== undefined) note(reading(fields, now()));
    },
  };
}
