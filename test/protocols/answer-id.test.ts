import { completionId } from '../../gateway/protocols/openai-chat/render-answer';
import { completionId as legacyId } from '../../gateway/protocols/openai-completions/render-answer';
import { messageId } from '../../gateway/protocols/anthropic-messages/render-answer';

test.each([
  [completionId, 'chatcmpl-1', 'chatcmpl-1'],
  [completionId, 'msg_1', 'chatcmpl-msg_1'],
  [completionId, 'chatcmpl1', 'chatcmpl-chatcmpl1'],
  [messageId, 'msg_1', 'msg_1'],
  [messageId, 'chatcmpl-1', 'msg_chatcmpl-1'],
  [legacyId, 'cmpl-1', 'cmpl-1'],
  [legacyId, 'chatcmpl-1', 'cmpl-chatcmpl-1'],
])('an id gets the prefix of the dialect once (%#)', (idOf, upstream, id) => {
  expect(idOf(upstream)).toBe(id);
});
