import { tarOf } from '../../../platform/tar';
import { withoutFrames } from '../../../platform/stream-frames';
import { runSteps, type Step } from '../../../platform/steps';
import { CliError } from '../../../terminal/fault';
import { Stopped } from '../../../terminal/stopped';
import { execFileSync } from 'node:child_process';

const go = new AbortController().signal;

async function said(
  steps: readonly Step<object>[],
  stop = go,
): Promise<{ lines: string[]; fault: Error | undefined }> {
  const lines: string[] = [];
  const fault = await runSteps(steps, {}, stop, (line) => lines.push(line)).then(
    () => undefined,
    (thrown: Error) => thrown,
  );
  return { lines, fault };
}

test('each step is said with its time and what came of it; one with nothing to do is not said', async () => {
  const { lines, fault } = await said([
    { name: 'First', run: () => 'it is there', ifItFails: '' },
    { name: 'Never', skips: () => true, run: () => 'x', ifItFails: '' },
    { name: 'Second', run: () => Promise.resolve(), ifItFails: '' },
  ]);
  expect(fault).toBeUndefined();
  expect(lines.map((line) => line.replace(/\d+\.\d s/, 'N s'))).toEqual([
    'First …',
    '  N s: it is there',
    'Second …',
    '  N s',
  ]);
});

test('a step that fails says what to do, and none comes after it', async () => {
  const after = jest.fn();
  const { fault } = await said([
    {
      name: 'Pulling',
      run: () => {
        throw new CliError('no way to the registry');
      },
      ifItFails: 'Run this again.',
    },
    { name: 'After', run: after, ifItFails: '' },
  ]);
  expect(fault?.message).toMatch(
    /^Pulling failed after \d+\.\d s: no way to the registry\. Run this again\.$/,
  );
  expect(after).not.toHaveBeenCalled();
});

test('Ctrl-C within a step is no fault of the step', async () => {
  const controller = new AbortController();
  const { fault } = await said(
    [
      {
        name: 'Building',
        run: () => {
          controller.abort(new Stopped('SIGINT'));
          throw new Error('docker build failed');
        },
        ifItFails: '',
      },
    ],
    controller.signal,
  );
  expect(fault).toBeInstanceOf(Stopped);
});

test('an archive is what tar reads, long paths included', () => {
  const long = `${'a'.repeat(60)}/${'b'.repeat(60)}/file.tf`;
  const archive = tarOf([
    { path: 'folder/', mode: 0o700, owner: 1000 },
    { path: 'folder/x', content: Buffer.from('hello'), mode: 0o600, owner: 1000 },
    { path: long, content: Buffer.alloc(513, 'y'), mode: 0o644, owner: 0 },
  ]);
  const listed = execFileSync('tar', ['--numeric-owner', '-tvf', '-'], { input: archive, encoding: 'utf8' });
  expect(listed).toMatch(/^drwx------ 1000\/1000 +0 .* folder\/$/m);
  expect(listed).toMatch(/^-rw------- 1000\/1000 +5 .* folder\/x$/m);
  expect(listed).toMatch(new RegExp(`^-rw-r--r-- 0/0 +513 .* ${long}$`, 'm'));
  expect(() => tarOf([{ path: 'c'.repeat(101), mode: 0o644, owner: 0 }])).toThrow('too long');
});

test('frames are taken off wherever they are cut', async () => {
  const frame = (stream: number, text: string): Buffer => {
    const head = Buffer.alloc(8);
    head[0] = stream;
    head.writeUInt32BE(Buffer.byteLength(text), 4);
    return Buffer.concat([head, Buffer.from(text)]);
  };
  const whole = Buffer.concat([frame(1, 'one'), frame(2, ''), frame(2, 'two'), frame(1, 'three')]);
  for (let size = 1; size <= whole.length; size += 1) {
    async function* pieces(): AsyncGenerator<Buffer> {
      for (let at = 0; at < whole.length; at += size)
        yield await Promise.resolve(whole.subarray(at, at + size));
    }
    const got = { stdout: '', stderr: '' };
    for await (const { stream, content } of withoutFrames(pieces())) got[stream] += content.toString();
    expect({ size, ...got }).toEqual({ size, stdout: 'onethree', stderr: 'two' });
  }
});
