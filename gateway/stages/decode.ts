/** What is asked: the body, read and parsed once, as the gateway's own model of a call; nothing that goes beyond it. */
import type { CallContext } from '../call-context';
import { refuseBeyondTokens } from '../enforcement/beyond-tokens';
import { ElementAllowance } from '../http/element-allowance';
import { parseJson, readBody } from '../http/exchange';

export async function decode(call: CallContext): Promise<void> {
  const { limits } = call.services;
  const body = await readBody(call.exchange, limits.bodyBytes);
  call.bodyBytes = body.length;
  const elements = new ElementAllowance(limits.bodyElements);
  elements.take(body);
  const { headers } = call.exchange.request;
  const parsed = parseJson(body);
  refuseBeyondTokens(parsed, headers);
  call.request = call.protocol.readRequest(parsed, headers, elements);
}
