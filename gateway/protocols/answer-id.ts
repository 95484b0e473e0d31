/**
 * The ids that clients know an answer by. A chat's is the call's own, as spend log, log line and headers have it, in the
 * dialect's form: by it `/spend/logs` finds the call. A message keeps the provider's, as Anthropic's clients get it there.
 */
import type { AnswerFrame } from './protocol';

type OfCall = Pick<AnswerFrame, 'requestId'>;

const CHAT = 'chatcmpl-';
const COMPLETION = 'cmpl-';
const MESSAGE = 'msg_';

export const chatId = ({ requestId }: OfCall): string => CHAT + requestId;
export const completionId = ({ requestId }: OfCall): string => COMPLETION + requestId;

/** A server that speaks the client's own dialect has put the prefix before it already. */
export const messageId = (upstreamId: string): string =>
  upstreamId.startsWith(MESSAGE) ? upstreamId : MESSAGE + upstreamId;

/** The call's id in that of a chat's answer; what is none stays. */
export const callIdIn = (answerId: string): string =>
  [CHAT, COMPLETION].reduce((id, prefix) => (id.startsWith(prefix) ? id.slice(prefix.length) : id), answerId);
