/** Says, as JSON, for how long each of the worst bodies holds the event loop: the longest step, in milliseconds of CPU. */
import { EventEmitter } from 'node:events';
import { CallContext } from '../../gateway/call-context';
import { GatewayError } from '../../gateway/errors';
import type { Exchange } from '../../gateway/http/exchange';
import { preparation } from '../../gateway/pipeline';
import { decodeBody } from '../../gateway/stages/decode';
import { weigh } from '../../gateway/stages/weigh';
import { keyOf, servicesOf } from '../fuzz/prepared-call';
import { ANTHROPIC, COMPATIBLE, PROVIDERS } from '../fuzz/providers';
import { threadCpuMs } from './thread-cpu';
import { WORST_BODIES, type WorstBody } from './worst-bodies';

const TIMES = 5;
const services = servicesOf(PROVIDERS);

const median = (list: readonly number[]): number => [...list].sort((a, b) => a - b)[list.length >> 1] ?? 0;

/** The longest of the steps between which others have their turn. */
function held({ protocol }: WorstBody, body: Buffer): number {
  const exchange = { id: 'request', request: { headers: {} }, response: new EventEmitter() };
  const call = new CallContext(services, protocol, exchange as unknown as Exchange);
  call.key = keyOf('design-first');
  let longest = 0;
  let since = threadCpuMs();
  const lap = (): void => {
    const now = threadCpuMs();
    longest = Math.max(longest, now - since);
    since = now;
  };
  try {
    decodeBody(call, body);
    const steps = preparation(call);
    while (steps.next().done !== true) lap();
    weigh(call);
  } catch (fault) {
    if (!(fault instanceof GatewayError)) throw fault;
  }
  lap();
  return longest;
}

/** Bytes of the one event, and of those that come at a time. */
const EVENT_BYTES = 1024 * 1024;

function byteByByte(): Record<string, number> {
  const data = Buffer.from(`data: {"type":"ping","a":"${'x'.repeat(EVENT_BYTES)}"}\n\n`);
  return Object.fromEntries(
    [ANTHROPIC, COMPATIBLE].map((provider) => {
      const reader = provider.eventReader(() => {});
      const start = threadCpuMs();
      for (let at = 0; at < data.length; at += 1) reader.push(data.subarray(at, at + 1));
      return [`an event of ${provider.name} that comes byte by byte`, threadCpuMs() - start];
    }),
  );
}

const bodies: Record<string, number> = {};
for (const [name, worst] of Object.entries(WORST_BODIES)) {
  const body = Buffer.from(worst.make());
  bodies[name] = median(Array.from({ length: TIMES }, () => held(worst, body)));
}
process.stdout.write(JSON.stringify({ bodies, streams: byteByByte() }));
