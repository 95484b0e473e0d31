/**
 * Whether the report of a month is due. What is read for it is read before; that it goes out, and that it went out, is one
 * transaction, so whoever dies in between has done neither, and the next look makes it up.
 */
import { monthAlert } from '../month/month-alert';
import { holdSchedule, monthsDue, readSchedule, writeSchedule } from '../month/month-schedule';
import { readMonth } from '../month/read-month';
import type { Services } from '../services';
import { configuredChannels, mailNames } from './configured-channels';
import { raise, type OutboxOptions } from './outbox';

type MonthLookServices = Pick<Services, 'database' | 'documents' | 'now' | 'reports' | 'settings'>;

export async function lookAtMonths(
  { database, documents, now, reports, settings }: MonthLookServices,
  options: OutboxOptions,
  signal: AbortSignal,
  onTold: () => void,
): Promise<void> {
  const channels = mailNames(configuredChannels(settings));
  // It stays due until there is somebody to send it to.
  if (channels.length === 0) return;
  const { document } = documents.current;
  for (const month of monthsDue(await readSchedule(database), now(), document.time_zone)) {
    const report = await reports.readPage('alerts', signal, (reader) =>
      readMonth(reader, { month, document, now: now() }),
    );
    // Sums of old days are being made anew: it waits for them.
    if (!report.isWhole) return;
    const alert = monthAlert(report, `month_report/${month.name}`);
    const outcome = await database.transaction(async (statements) => {
      const schedule = await holdSchedule(statements);
      // Another process was faster, or an administrator has changed the day.
      if (!monthsDue(schedule, now(), document.time_zone).some(({ name }) => name === month.name))
        return undefined;
      await writeSchedule(statements, { ...schedule, through: month.name });
      return raise(statements, { ...options, channels }, alert);
    });
    if (outcome === 'told') onTold();
  }
}
