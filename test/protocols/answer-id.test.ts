import { callIdIn, chatId, completionId, messageId } from '../../gateway/protocols/answer-id';

const CALL = { requestId: '0b9c2f0e-1111-4222-8333-444455556666' };

test.each([chatId, completionId])('the id of an answer has the id of its call in it (%#)', (idOf) =>
  expect(callIdIn(idOf(CALL))).toBe(CALL.requestId),
);

test('the forms are those of the dialects', () =>
  expect([chatId(CALL), completionId(CALL)]).toEqual([
    `chatcmpl-${CALL.requestId}`,
    `cmpl-${CALL.requestId}`,
  ]));

test.each([CALL.requestId, 'msg_1', ''])('what is no answer of a chat stays: %s', (id) =>
  expect(callIdIn(id)).toBe(id),
);

test.each([
  ['msg_1', 'msg_1'],
  ['chatcmpl-1', 'msg_chatcmpl-1'],
])('a message keeps the id %s of its provider', (upstream, id) => expect(messageId(upstream)).toBe(id));
