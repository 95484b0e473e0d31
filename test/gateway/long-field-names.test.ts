import { EventEmitter } from 'node:events';
import { CallContext } from '../../gateway/call-context';
import type { Exchange } from '../../gateway/http/exchange';
import type { ModelRequest } from '../../gateway/model/request';
import { openAiChat } from '../../gateway/protocols/openai-chat';
import type { Services } from '../../gateway/services';

const HUGE = 31 * 1024 * 1024;

test('the names that an answer gives back are cut before they are cleaned', () => {
  const exchange = { id: 'r', request: { headers: {} }, response: new EventEmitter() } as unknown as Exchange;
  const call = new CallContext({} as Services, openAiChat, exchange);
  call.request = { model: 'm', droppedFields: ['é'.repeat(HUGE)] } as unknown as ModelRequest;
  // Replacing all of it takes more memory than the heap has, and seconds.
  const replaced: number[] = [];
  const replace = Object.getOwnPropertyDescriptor(String.prototype, 'replace')
    ?.value as typeof String.prototype.replace;
  const watched = jest.spyOn(String.prototype, 'replace').mockImplementation(function (
    this: string,
    ...given
  ) {
    replaced.push(this.length);
    return replace.apply(this, given);
  });
  const { headers } = call;
  watched.mockRestore();
  expect(headers['x-gateway-dropped-fields']).toBe('_'.repeat(64));
  expect(Math.max(...replaced)).toBeLessThan(100);
});
