/** What is asked: the body, read and parsed once, as the gateway's own model of a call; nothing that goes beyond it. */
import { isAscii } from 'node:buffer';
import type { CallContext } from '../call-context';
import { refuseBeyondTokens } from '../enforcement/beyond-tokens';
import { ElementAllowance } from '../http/element-allowance';
import { parseJson, readChunks, textOf } from '../http/exchange';
import { readWhole } from '../http/whole-body';
import { findSentStrings } from '../json/find-sent-strings';
import { CONVERSATION_MEMBERS } from '../model/request';

export async function decode(call: CallContext): Promise<void> {
  const chunks = await readChunks(call.exchange, call.services.limits.bodyBytes);
  readWhole(chunks, (body) => decodeBody(call, body));
}

/** As `decode`, of a body that has come. */
export function decodeBody(call: CallContext, body: Buffer): void {
  const { limits } = call.services;
  call.bodyBytes = body.length;
  const elements = new ElementAllowance(limits.bodyElements);
  const { headers } = call.exchange.request;
  const isPlain = isAscii(body);
  const text = textOf(body, isPlain);
  elements.take(text);
  const parsed = parseJson(text);
  refuseBeyondTokens(parsed, headers);
  call.request = call.protocol.readRequest(parsed, headers, elements);
  call.request.sentStrings = findSentStrings(text, parsed, CONVERSATION_MEMBERS, isPlain);
}
