import { Progress } from '../../demo/progress';
import { CliError } from '../../terminal/fault';
import type { Terminal } from '../../terminal/colours';

const NO_COLOR = process.env['NO_COLOR'];
beforeEach(() => {
  delete process.env['NO_COLOR'];
  process.env['TERM'] = 'xterm';
});
afterAll(() => {
  if (NO_COLOR !== undefined) process.env['NO_COLOR'] = NO_COLOR;
});

function record(isTTY: boolean, columns = 80): { out: Terminal; said: () => string } {
  let said = '';
  const write = (text: string): boolean => {
    said += text;
    return true;
  };
  return { out: { isTTY, columns, write }, said: () => said };
}

const never = new AbortController().signal;
const steps = async (out: Terminal, stop = never): Promise<unknown> => {
  const progress = new Progress(stop, out);
  await progress.step('first', () => 1, { detail: (one) => `number ${one}` });
  return progress
    .step('second', () => Promise.reject(new Error('it broke')), { remedy: 'Mend it.' })
    .catch((fault: unknown) => fault);
};

test('in a pipe a step is the line it ends with, and the one that failed is named', async () => {
  const { out, said } = record(false);
  const fault = await steps(out);
  expect(said().replace(/\d\.\d/g, '0.0')).toBe('✓ first: number 1 (0.0 s)\n✗ second (0.0 s)\n');
  expect(fault).toBeInstanceOf(CliError);
  expect((fault as Error).message).toBe('it broke\nMend it.');
});

test('on a terminal it is one line that is rewritten, in colour, and no longer than the terminal is wide', async () => {
  const { out, said } = record(true, 12);
  await steps(out);
  expect(said()).toContain('\r\u001b[2K… first\r\u001b[2K\u001b[32m✓\u001b[39m first: number 1');
  expect(said()).toContain('\u001b[31m✗\u001b[39m second');
});

test('without colour where NO_COLOR asks for it', async () => {
  process.env['NO_COLOR'] = '1';
  const { out, said } = record(true);
  await steps(out);
  // Only the line is taken back.
  expect(said().replaceAll('\r\u001b[2K', '')).not.toContain('\u001b');
});

test('stopped, it begins no further step and blames none', async () => {
  const { out, said } = record(false);
  const stop = new AbortController();
  const progress = new Progress(stop.signal, out);
  await progress
    .step('first', () => {
      stop.abort(new Error('stopped'));
      throw new Error('ended (exit code 143)');
    })
    .catch(() => {});
  await expect(progress.step('second', () => 1)).rejects.toThrow('stopped');
  expect(said()).toBe('');
});
