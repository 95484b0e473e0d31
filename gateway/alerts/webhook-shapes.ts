/**
 * What a webhook is sent, by whose it is. Names are shown as they are: none of them mentions anybody, makes a link, or
 * changes how the rest looks.
 *
 * Slack: https://docs.slack.dev/messaging/formatting-message-text, Mattermost:
 * https://developers.mattermost.com/integrate/webhooks/incoming, Teams: https://adaptivecards.io/explorer/TextRun.html
 */
import type { WebhookKind } from '../config/alert-channels';
import type { AlertMessage } from './alert-message';
import { asText, type Words } from './words';

/** Goes between the characters that would be obeyed together; it is not seen. */
const GAP = '\u200b';

/** What a client would make a mention or a link of by itself, broken up. */
const unlinked = (text: string): string =>
  // bounded: a name of 80 characters
  text
    .replaceAll('@', `@${GAP}`)
    .replaceAll('://', `:${GAP}//`)
    .replace(/www\./gi, (found) => `${found.slice(0, 3)}${GAP}.`);

const inOwnWay =
  (show: (name: string) => string) =>
  (words: Words): string =>
    words.map((part) => (typeof part === 'string' ? part : show(part.name))).join('');

// https://docs.slack.dev/messaging/formatting-message-text#escaping
const slackText = inOwnWay((name) =>
  // bounded: a name of 80 characters
  unlinked(name).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;'),
);

/** Within a code span nothing is obeyed, but for Slack's own mentions, which Mattermost looks for in all of a text. */
const markdownText = inOwnWay((name) => {
  // bounded: a name of 80 characters
  const inert = unlinked(name).replaceAll('<', `<${GAP}`).replaceAll('`', 'ˋ');
  return `\`${inert === '' ? ' ' : inert}\``;
});

/** `{{DATE(…)}}` is the one thing that a TextRun obeys. */
// bounded: a name of 80 characters
const cardText = inOwnWay((name) => unlinked(name).replaceAll('{{', `{${GAP}{`));

type Shape = (message: AlertMessage) => Record<string, unknown>;

const lines = ({ words, severity }: AlertMessage, show: (words: Words) => string): readonly string[] => [
  `${severity.toUpperCase()}: ${show(words.title)}`,
  ...words.facts.map(([label, value]) => `${label}: ${show(value)}`),
  words.whatToDo,
];

const plainText = (text: string): Record<string, unknown> => ({
  type: 'section',
  text: { type: 'plain_text', text, emoji: false },
});

const textRun = (text: string, isTitle: boolean): Record<string, unknown> => ({
  type: 'RichTextBlock',
  inlines: [{ type: 'TextRun', text, ...(isTitle ? { weight: 'Bolder' } : {}) }],
});

export const WEBHOOK_SHAPES: Readonly<Record<WebhookKind, Shape>> = {
  slack: (message) => {
    const [title = '', ...rest] = lines(message, slackText);
    return {
      text: title,
      mrkdwn: false,
      unfurl_links: false,
      unfurl_media: false,
      blocks: [title, rest.join('\n')].map(plainText),
    };
  },
  mattermost: (message) => ({ text: lines(message, markdownText).join('\n\n') }),
  teams: (message) => ({
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.4',
          body: lines(message, cardText).map((line, at) => textRun(line, at === 0)),
        },
      },
    ],
  }),
  json: (message) => ({
    id: message.event,
    kind: message.kind,
    severity: message.severity,
    subject: message.subject,
    raised_at: message.raisedAt.toISOString(),
    title: asText(message.words.title),
    facts: Object.fromEntries(message.words.facts.map(([label, value]) => [label, asText(value)])),
    what_to_do: message.words.whatToDo,
  }),
};
