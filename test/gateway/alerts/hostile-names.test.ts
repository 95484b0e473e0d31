/** Names that somebody chose so that a channel obeys them: they are text everywhere. */
import { mailOf } from '../../../gateway/alerts/mail';
import type { AlertMessage } from '../../../gateway/alerts/alert-message';
import { WEBHOOK_SHAPES } from '../../../gateway/alerts/webhook-shapes';
import { asText, nameOf, readWords, say } from '../../../gateway/alerts/words';

const HOSTILE = [
  '<!channel> <!here|x> <@U0123> <https://evil.example|click>',
  '@channel @all @here @everyone',
  '[click](https://evil.example) ![x](https://evil.example/x.png) **bold** # h',
  '`code` ``` block ```',
  '` @all `',
  'www.evil.example http://evil.example',
  '<script>alert(1)</script><b>x</b> &lt;!channel&gt;',
  'a\r\nBcc: everybody@example.com\r\n\r\nbody',
  'line\u2028separator\u0000nul\u001b[31m',
  '\u202eevil\u202c \u200bhidden\ufeff',
  '{{DATE(2026-11-28T00:00:00Z, SHORT)}}',
  ':tada: ~town-square #general',
  'x'.repeat(100_000),
];

const messageOf = (name: string): AlertMessage => ({
  event: 'budget/1/2026-11-28/50',
  kind: 'budget_step',
  severity: 'warning',
  subject: 'key/0123456789ab',
  raisedAt: new Date('2026-11-28T08:00:00Z'),
  words: {
    title: say`The key ${name} of ${name} has used ${50} % of its budget.`,
    facts: [['Name', say`${name}`]],
    whatToDo: 'Nothing.',
  },
});

/** Every text in it. */
const textsIn = (value: unknown): string[] => {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(textsIn);
};

describe.each(HOSTILE.map((name) => [name.slice(0, 40), name]))('%j', (_, name) => {
  const shown = nameOf(name).name;

  test('is one line of 80 characters with nothing that is not seen', () => {
    expect(Array.from(shown).length).toBeLessThanOrEqual(81);
    expect(shown).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    expect(asText(readWords(JSON.parse(JSON.stringify(messageOf(name).words))).title)).toContain(shown);
  });

  test('mentions nobody in Slack, and makes no link', () => {
    const body = WEBHOOK_SHAPES.slack(messageOf(name));
    const texts = textsIn(body).join('\n');
    expect(texts).not.toMatch(/[<>]|@(?:channel|here|all|everyone)|https?:\/\/|www\./);
    expect(JSON.stringify(body)).not.toContain('"mrkdwn"}');
    expect(body['mrkdwn']).toBe(false);
    expect(texts.match(/&(?!amp;|lt;|gt;)/)).toBeNull();
  });

  test('is in a code span in Mattermost, out of which it does not come', () => {
    const { text } = WEBHOOK_SHAPES.mattermost(messageOf(name)) as { text: string };
    const outside = text.replace(/`[^`\n]*`/g, '');
    expect(outside).toBe('WARNING: The key  of  has used 50 % of its budget.\n\nName: \n\nNothing.');
    // Slack's own mentions are looked for in all of a text, and mentions before Markdown.
    expect(text).not.toMatch(/<[!@#]|@\w|https?:\/\//);
  });

  test('is a run of text in Teams, which knows no Markdown', () => {
    const body = WEBHOOK_SHAPES.teams(messageOf(name));
    const text = JSON.stringify(body);
    expect(text).not.toContain('TextBlock"' + ',"text"');
    expect(text).not.toMatch(/"type":"(TextBlock|FactSet)"/);
    expect(
      textsIn(body)
        .filter((each) => each !== 'http://adaptivecards.io/schemas/adaptive-card.json')
        .join('\n'),
    ).not.toMatch(/\{\{|https?:\/\//);
  });

  test('is no header of a mail, and no second line', () => {
    const mail = mailOf(messageOf(name), 'gateway@example.com', ['ops@example.com']);
    expect(mail.subject).not.toMatch(/[\r\n]/);
    expect(mail.text.split('\n')).toHaveLength(9);
    expect(mail).not.toHaveProperty('html');
    expect(Object.values(mail.headers).join('')).not.toMatch(/[\r\n]/);
    expect(mail.to).toEqual(['ops@example.com']);
  });

  test('is itself in plain JSON', () => {
    const body = WEBHOOK_SHAPES.json(messageOf(name));
    expect(body['title']).toBe(`The key ${shown} of ${shown} has used 50 % of its budget.`);
  });
});
