/** Tells administrators what they should know: finds it, keeps it in the store until it is delivered, delivers it. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { rootCertificates } from 'node:tls';
import { certificatesIn, PemFault } from '../../certificates/pem';
import type { AlertChannel } from '../config/alert-channels';
import type { Settings } from '../config/environment';
import { SettingsFileError } from '../config/tls-files';
import { describeFault, type Logger } from '../log';
import type { Limits } from '../services';
import type { Database } from '../store/database';
import type { DeliveryResult, Sender } from './alert-message';
import type { Alerts } from './alerts';
import { alertingLogger } from './alerting-logger';
import { createAllowedAddresses } from './allowed-addresses';
import { configuredChannels, mailNames } from './configured-channels';
import { isAway, startDelivery } from './delivery';
import { KINDS } from './kinds';
import { createMailSender } from './mail';
import { raise, type AlertEvent } from './outbox';
import { startWatch, type Watch, type WatchServices } from './watch';
import { createWebhookSender, type SenderOptions } from './webhook';

export interface RunningAlerts extends Alerts {
  /** Begins to look for what is to be told. */
  watch(services: WatchServices): Watch;
  /** What is under way to a channel comes to its end; the rest stays in the store. */
  close(): Promise<void>;
}

export interface AlertsOptions {
  readonly database: Database;
  readonly logger: Logger;
  readonly settings: Settings;
  readonly limits: Pick<Limits, 'alertLookMs' | 'alertPauseMs' | 'alertBurstMs'>;
  readonly now: () => Date;
}

/** What waits to be written while the store is away. */
const MOST_NOTED = 1_000;

export function createAlerts({ database, logger, settings, limits, now }: AlertsOptions): RunningAlerts {
  const channels = configuredChannels(settings);
  const options: SenderOptions = {
    addresses: createAllowedAddresses(settings.alertPrivateHosts),
    authorities: settings.alertCaFile === undefined ? undefined : readAuthorities(settings.alertCaFile),
    now,
  };
  const senders = new Map<string, Sender>();
  for (const channel of channels) senders.set(channel.name, senderOf(channel, options));
  const outbox = { channels: channels.map(({ name }) => name), burstMs: limits.alertBurstMs, now };
  const delivery = startDelivery({
    database,
    logger,
    senders,
    lookMs: limits.alertLookMs,
    pauseMs: limits.alertPauseMs,
  });
  if (channels.length > 0) logger.info('alerts are sent', { channels: outbox.channels });

  const noted: AlertEvent[] = [];
  let writing: Promise<void> | undefined;
  let isClosed = false;

  async function write(): Promise<void> {
    for (let alert = noted[0]; alert; alert = noted[0]) {
      try {
        if ((await raise(database, outbox, alert)) === 'told') delivery.wake();
      } catch (fault) {
        if (isAway(fault)) return;
        logger.error('an alert could not be written', { event: alert.event, ...describeFault(fault) });
      }
      noted.shift();
    }
  }

  const writeSoon = (): Promise<void> =>
    (writing ??= write().finally(() => {
      writing = undefined;
      if (noted.length > 0 && !isClosed) setTimeout(() => void writeSoon(), limits.alertPauseMs).unref();
    }));

  function note(alert: AlertEvent): void {
    if (noted.length >= MOST_NOTED) {
      logger.error('an alert was dropped: as many as are kept wait for the store', { event: alert.event });
      return;
    }
    noted.push(alert);
    void writeSoon();
  }

  async function sendNow(
    { event, kind, subject, title, facts = [], whatToDo = KINDS[kind].whatToDo, files }: AlertEvent,
    names: readonly string[],
  ): Promise<ReadonlyMap<string, DeliveryResult>> {
    const words = { title, facts, whatToDo };
    const { severity } = KINDS[kind];
    const message = { event, kind, severity, subject, raisedAt: now(), words, ...(files && { files }) };
    const results = [...senders]
      .filter(([name]) => names.includes(name))
      .map(async ([name, sender]) => [name, await sender.send(message)] as const);
    return new Map(await Promise.all(results));
  }

  let watch: Watch | undefined;
  return {
    channels: channels.map(({ name, kind }) => ({ name, kind })),
    logger: alertingLogger(logger, note, now),
    note,
    mail: (alert) => sendNow(alert, mailNames(channels)),
    test: (by, channel) =>
      sendNow(
        {
          event: `test/${randomUUID()}`,
          kind: 'test',
          subject: 'test',
          title: ['This is a test of the AI gateway. All is well.'],
          facts: [['Asked for by', [{ name: by }]]],
        },
        channels.map(({ name }) => name).filter((name) => channel === undefined || name === channel),
      ),
    watch(services) {
      watch = startWatch(services, outbox, () => delivery.wake());
      return watch;
    },
    async close() {
      isClosed = true;
      await watch?.close();
      await writeSoon();
      await delivery.close();
    },
  };
}

const senderOf = (channel: AlertChannel, options: SenderOptions): Sender =>
  channel.kind === 'mail' ? createMailSender(channel, options) : createWebhookSender(channel, options);

const LARGEST_FILE = 1024 * 1024;

/** Beside the well-known ones, which a list of one's own would take the place of. */
function readAuthorities(path: string): readonly string[] {
  try {
    const text = readFileSync(path, 'utf8').slice(0, LARGEST_FILE);
    return [...rootCertificates, ...certificatesIn(text).map(String)];
  } catch (fault) {
    if (fault instanceof PemFault)
      throw new SettingsFileError(`ALERT_CA: the file ${path} ${fault.message}.`);
    const { code = 'unknown reason' } = fault as NodeJS.ErrnoException;
    throw new SettingsFileError(`ALERT_CA: the file ${path} cannot be read (${code}).`);
  }
}
