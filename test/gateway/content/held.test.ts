/** What is held of a call, and that it is let go of whatever becomes of it. */
import { CallContent, MOST_BYTES } from '../../../gateway/content/call-content';
import { createContentRoom } from '../../../gateway/content/content-room';
import { maskContent } from '../../../gateway/content/masked-content';
import { EndpointStanding } from '../../../gateway/telemetry/otlp/endpoint-standing';
import { SpanQueue } from '../../../gateway/telemetry/traces/span-queue';
import type { Delivery } from '../../../gateway/telemetry/otlp/deliver';
import { createLogger } from '../../../gateway/log';
import { WINDOW } from '../../../masking/find-secrets';
import { TOKENS } from '../../masking/planted';
import { eventually } from '../support/gateway';

const user = (text: string) => ({
  system: [],
  turns: [{ role: 'user' as const, content: [{ type: 'text' as const, text }] }],
});
const secret = TOKENS['gitlab']?.[1]('held') ?? '';

test('masking gives way after each window, and hides what came in pieces', async () => {
  const content = new CallContent(createContentRoom(10_000_000), 30);
  content.ask(user('word '.repeat(20_000)));
  content.beginAnswer();
  for (const character of `told ${secret} told`) content.hear({ type: 'text', text: character });
  content.take();
  let pauses = 0;
  const said = await maskContent(content, () => {
    pauses += 1;
    return Promise.resolve();
  });
  expect(pauses).toBeGreaterThanOrEqual(Math.floor(100_000 / WINDOW));
  expect(JSON.parse(said.output)).toEqual([
    { role: 'assistant', content: 'told [masked: gitlab-token] told' },
  ]);
});

test('an answer byte by byte, with characters of two units, is whole', async () => {
  const content = new CallContent(createContentRoom(10_000_000), 30);
  content.beginAnswer();
  const text = '😀長"\\\n'.repeat(3_000);
  for (const unit of text.split('')) content.hear({ type: 'text', text: unit });
  content.take();
  const { output } = await maskContent(content, () => Promise.resolve());
  expect((JSON.parse(output) as { content: string }[])[0]?.content).toBe(text);
});

test('a call takes no more room than it may, and gives all of it back', () => {
  const room = createContentRoom(10_000_000);
  const content = new CallContent(room, 30);
  content.ask({
    system: [{ type: 'text', text: 's'.repeat(1_000_000) }],
    turns: Array.from({ length: 100_000 }, (_, at) => ({
      role: 'user' as const,
      content: [{ type: 'text' as const, text: `${at} ${'é'.repeat(40)}` }],
    })),
  });
  content.beginAnswer();
  content.hear({ type: 'text', text: 'a'.repeat(1_000_000) });
  content.hear({ type: 'tool-start', id: 'i', name: 'n' });
  for (let at = 0; at < 10_000; at += 1) content.hear({ type: 'tool-input', json: '"x",' });
  content.take();
  expect(room.held).toBe(content.bytes);
  expect(room.held).toBeLessThanOrEqual(MOST_BYTES);
  content.beginAnswer();
  content.release();
  content.release();
  expect(room.held).toBe(0);
});

test('what another deployment had said before it failed is not the answer', () => {
  const room = createContentRoom(10_000_000);
  const content = new CallContent(room, 30);
  for (const text of ['first', 'second']) {
    content.beginAnswer();
    content.hear({ type: 'text', text });
  }
  content.take();
  expect([...content.answered].map(({ text }) => text)).toEqual(['second']);
});

test('a call that the process has no room for keeps nothing', () => {
  const room = createContentRoom(1_000);
  const content = new CallContent(room, 30);
  content.ask(user('short'));
  expect(room.held).toBeGreaterThan(0);
  content.beginAnswer();
  content.hear({ type: 'text', text: 'x'.repeat(5_000) });
  expect([content.isFull, room.held, [...content.asked].length]).toEqual([true, 0, 0]);
  content.hear({ type: 'text', text: 'more' });
  content.end();
  expect(room.held).toBe(0);
});

test('deliveries hold a megabyte or so of it, and what is dropped or refused is let go of', async () => {
  const sizes: number[] = [];
  let outcome: Delivery = { outcome: 'taken', rejected: 0 };
  const standing = new EndpointStanding(
    {
      name: 'Langfuse',
      url: 'https://langfuse.example.com/',
      headers: {},
      encoding: 'json',
      isCompressed: false,
      timeoutMs: 1_000,
    },
    'traces',
    createLogger('error', () => {}),
  );
  const queue = new SpanQueue({ most: 20, mostAtOnce: 10, delayMs: 1 }, standing, (spans) => {
    sizes.push(spans.length);
    return Promise.resolve(outcome);
  });
  const released: boolean[] = [];
  const add = (): void =>
    queue.add([{} as never], { bytes: 400_000, release: (isDelivered) => released.push(isDelivered) });
  for (let at = 0; at < 5; at += 1) add();
  await eventually(() => released.length === 5 || undefined);
  expect(sizes).toEqual([2, 2, 1]);
  expect(released).toEqual([true, true, true, true, true]);
  outcome = { outcome: 'refused', reason: 'status 400', status: 400 };
  add();
  await eventually(() => released.length === 6 || undefined);
  expect(released[5]).toBe(false);
  outcome = { outcome: 'away', reason: 'no answer', waitMs: 60_000 };
  for (let at = 0; at < 25; at += 1) add();
  // Beyond what may wait.
  expect(released).toHaveLength(11);
  await queue.close(10);
  expect(released).toHaveLength(31);
  expect(released.slice(6)).not.toContain(true);
});
