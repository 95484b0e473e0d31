/** Observers of calls: each is told, and none can harm a call or the others. */
import { createCallObservers } from '../../../gateway/telemetry/call-observers';
import type { EndedCall } from '../../../gateway/telemetry/ended-call';

test('an observer that throws is logged, and the others are told all the same', () => {
  const lines: unknown[] = [];
  const error = (msg: string, fields?: object): void => void lines.push({ msg, ...fields });
  const observers = createCallObservers({ debug() {}, info() {}, warn() {}, error });
  const told: string[] = [];
  observers.add(() => {
    throw new Error('cannot count');
  });
  observers.add((call) => void told.push(call.requestId));
  observers.tell({ requestId: 'call-1' } as EndedCall);
  expect(told).toEqual(['call-1']);
  expect(lines).toEqual([
    expect.objectContaining({
      msg: 'a call could not be told of',
      request_id: 'call-1',
      fault: 'cannot count',
    }),
  ]);
});
