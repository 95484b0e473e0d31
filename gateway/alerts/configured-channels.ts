/** The channels of this gateway, from its settings. */
import type { AlertChannel } from '../config/alert-channels';
import type { Settings } from '../config/environment';

type ChannelSettings = Pick<
  Settings,
  | 'alertWebhookUrl'
  | 'alertWebhookKind'
  | 'alertWebhookSecret'
  | 'alertSmtpUrl'
  | 'alertMailFrom'
  | 'alertMailTo'
  | 'alertChannels'
>;

export function configuredChannels(settings: ChannelSettings): readonly AlertChannel[] {
  const { alertWebhookUrl: url, alertSmtpUrl: smtpUrl, alertMailFrom: from, alertMailTo: to } = settings;
  return [
    ...(url === undefined
      ? []
      : [
          {
            kind: settings.alertWebhookKind,
            name: 'webhook',
            url,
            secret: settings.alertWebhookSecret,
          } as const,
        ]),
    ...(smtpUrl === undefined || from === undefined
      ? []
      : [{ kind: 'mail', name: 'mail', smtpUrl, from, to } as const]),
    ...settings.alertChannels.values(),
  ];
}

/** Of those that are mail. */
export const mailNames = (channels: readonly Pick<AlertChannel, 'name' | 'kind'>[]): readonly string[] =>
  channels.filter(({ kind }) => kind === 'mail').map(({ name }) => name);
