/** What is asked: the body, read and parsed once, as the gateway's own model of a call; nothing that goes beyond it. */
import type { CallContext } from '../call-context';
import { refuseBeyondTokens } from '../enforcement/beyond-tokens';
import { ElementAllowance } from '../http/element-allowance';
import { parseJson, textOf } from '../http/exchange';
import { readPieces } from '../http/incoming-body';
import { readWhole } from '../http/whole-body';

/** The body as it came. */
export function receive(call: CallContext): Promise<Buffer[]> {
  const { entrance } = call;
  if (entrance === undefined) throw new Error('a body is read of a call that has not entered');
  return readPieces(call.exchange, call.services.limits.bodyBytes, entrance.hold);
}

/** @param pieces are taken out of the list, see `readWhole` */
export const decode = (call: CallContext, pieces: Buffer[]): void =>
  readWhole(pieces, (body) => decodeBody(call, body));

/** As `decode`, of a body that has come. */
export function decodeBody(call: CallContext, body: Buffer): void {
  const { limits } = call.services;
  call.bodyBytes = body.length;
  const elements = new ElementAllowance(limits.bodyElements);
  const { headers } = call.exchange.request;
  const text = textOf(body);
  elements.take(text);
  const parsed = parseJson(text);
  refuseBeyondTokens(parsed, headers);
  call.request = call.protocol.readRequest(parsed, headers, elements);
}
