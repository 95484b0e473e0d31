/** What a call's body is put through on the event loop before a provider is asked, in the pipeline's order. */
import { EventEmitter } from 'node:events';
import type { IncomingHttpHeaders } from 'node:http';
import { CallContext } from '../../gateway/call-context';
import type { Exchange } from '../../gateway/http/exchange';
import type { Protocol } from '../../gateway/protocols/protocol';
import { decodeBody } from '../../gateway/stages/decode';
import { enforcePrompt } from '../../gateway/stages/enforce-prompt';
import { policy } from '../../gateway/stages/policy';
import { route } from '../../gateway/stages/route';
import { translate } from '../../gateway/stages/translate';
import { weigh } from '../../gateway/stages/weigh';
import { withholdChanges } from '../../gateway/stages/withhold-tools';
import type { Services } from '../../gateway/services';
import type { Level } from '../../src/levels';
import { keyOf } from '../fuzz/prepared-call';

/** Throws what the stages throw. */
export function putThrough(
  services: Services,
  protocol: Protocol,
  headers: IncomingHttpHeaders,
  body: Buffer,
  level: Level = 'design-first',
): CallContext {
  const exchange = { id: 'request', request: { headers }, response: new EventEmitter() };
  const call = new CallContext(services, protocol, exchange as unknown as Exchange);
  call.key = keyOf(level);
  try {
    decodeBody(call, body);
    policy(call);
    enforcePrompt(call);
    withholdChanges(call);
    route(call);
    translate(call);
    weigh(call);
  } finally {
    // What the client is told beside its answer, or its refusal.
    void call.headers;
  }
  return call;
}
