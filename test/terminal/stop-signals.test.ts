import { onStopSignal } from '../../terminal/stop-signals';

let now = 0;
let quit: () => void;
beforeEach(() => {
  now = 10_000;
  jest.spyOn(performance, 'now').mockImplementation(() => now);
});
afterEach(() => {
  quit();
  jest.restoreAllMocks();
});

test('stops once; what comes within two seconds is the same wish, whichever signal it is', () => {
  const heard: string[] = [];
  quit = onStopSignal(
    (signal) => heard.push(`stop ${signal}`),
    (signal) => heard.push(`again ${signal}`),
  );
  process.emit('SIGINT', 'SIGINT');
  process.emit('SIGINT', 'SIGINT');
  now += 1_999;
  process.emit('SIGTERM', 'SIGTERM');
  expect(heard).toEqual(['stop SIGINT']);
  now += 1;
  process.emit('SIGTERM', 'SIGTERM');
  expect(heard).toEqual(['stop SIGINT', 'again SIGTERM']);
});

test('the second wish ends the process when nothing else is said, and listening ends when it is told to', () => {
  const exit = jest.spyOn(process, 'exit').mockImplementation(() => undefined as never);
  const before = process.listenerCount('SIGTERM');
  quit = onStopSignal(() => {});
  process.emit('SIGTERM', 'SIGTERM');
  expect(exit).not.toHaveBeenCalled();
  now += 2_000;
  process.emit('SIGINT', 'SIGINT');
  expect(exit).toHaveBeenCalledWith(1);
  quit();
  expect(process.listenerCount('SIGTERM')).toBe(before);
});
