import { ElementAllowance } from '../../gateway/http/element-allowance';
import { readRequest } from '../../gateway/protocols/openai-chat/read-request';

/** Nearly as many as are taken. */
const MANY = 99_000;
/** Milliseconds for a body of that size on a slow, busy machine; work that grows with the square takes minutes. */
const LIMIT_MS = 20_000;

const call = (id: string) => ({ id, type: 'function', function: { name: 'f', arguments: '{}' } });
const ids = Array.from({ length: MANY }, (_, index) => `c${index}`);

describe('a body made to keep the gateway busy', () => {
  test.each<[string, unknown[]]>([
    ['many calls of one id', [{ role: 'assistant', tool_calls: ids.map(() => call('same')) }]],
    [
      'many results in the opposite order',
      [
        { role: 'assistant', tool_calls: ids.map(call) },
        ...[...ids].reverse().map((id) => ({ role: 'tool', tool_call_id: id, content: 'x' })),
      ],
    ],
    ['many messages of one side', ids.map((id) => ({ role: 'user', content: id }))],
    ['one message of many parts', [{ role: 'user', content: ids.map((text) => ({ type: 'text', text })) }]],
  ])('%s is read in good time', (_, messages) => {
    const start = performance.now();
    const request = readRequest({ model: 'm', messages }, {}, new ElementAllowance(10 * MANY));
    expect(request.turns.length).toBeGreaterThan(0);
    expect(performance.now() - start).toBeLessThan(LIMIT_MS);
  });
});
