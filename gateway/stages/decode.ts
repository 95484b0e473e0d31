/** What is asked: the body, read and parsed once, as the gateway's own model of a call. */
import type { CallContext } from '../call-context';
import { parseJson, readBody } from '../http-exchange';

export async function decode(call: CallContext): Promise<void> {
  const body = await readBody(call.exchange, call.services.limits.bodyBytes);
  call.bodyBytes = body.length;
  call.request = call.protocol.readRequest(parseJson(body), call.exchange.request.headers);
}
