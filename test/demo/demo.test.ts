import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { secondsIn } from '../harness/cpu-time';

const ROOT = resolve(__dirname, '../..');
/** Milliseconds after which it hangs, however busy the machine is. */
const LIMIT = 600_000;
/** Runs a command and tells the file how long the machine worked for it. */
const MEASURED = '"${@:2}"; status=$?; times >"$1"; exit $status';

/** A temporary folder of its own, so that what is left behind is the demo's. */
let temporary: string;
beforeEach(() => {
  temporary = mkdtempSync(join(tmpdir(), 'demo-test-'));
  execFileSync('chmod', ['711', temporary]);
});
afterEach(() => rmSync(temporary, { recursive: true, force: true }));

test(
  'shows the whole chain in less than 90 seconds of work, and leaves nothing running and nothing behind',
  async () => {
    const times = join(temporary, 'times');
    const { stdout, stderr } = await promisify(execFile)(
      'bash',
      ['-c', MEASURED, 'bash', times, process.execPath, 'bin/start.cjs', 'demo'],
      {
        cwd: ROOT,
        timeout: LIMIT,
        env: { ...process.env, TMPDIR: temporary, ANTHROPIC_API_KEY: '' },
      },
    );
    expect(stderr).toBe('');
    expect(secondsIn(readFileSync(times, 'utf8'))).toBeLessThan(90);
    for (const words of [
      '✓ synthesize the template',
      '✓ start the gateway on its embedded store: http://127.0.0.1:',
      'AI is ready: roo-code with claude-sonnet-5-5',
      'The answer (from a stand-in for the model',
      // Word for word, without OpenCode's own line.
      '\n    This is the stand-in model: no provider was asked. Your message begins: "What is a Coder template? Answer in one sentence."\n',
      '✓ ask claude-sonnet-5-5 through OpenCode',
      '\n  1. Make ',
      '\n  2. Start the gateway',
      '\n  3. Push the template',
      '\n       npm run gateway\n',
      'coder templates push contractor-workspace -d ',
      '--variables-file variables.yaml',
      'mode standard',
    ]) {
      expect(stdout).toContain(words);
    }
    expect(stdout).toMatch(/\$0\.\d*[1-9]\d* of \$10\.00 spent today/);
    expect(stdout).not.toMatch(/sk-[\w-]{16}/);
    // In a pipe each step is one line, and nothing is for a terminal.
    const steps = stdout.match(/^[…✓✗] .*$/gm) ?? [];
    expect(steps.every((line) => /^✓ .* \(\d+\.\d s\)$/.test(line))).toBe(true);
    expect(steps).toHaveLength(8);
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
    expect(existsSync(join(ROOT, 'cdktf.out/stacks/contractor-workspace/parameters.tf'))).toBe(true);

    const running = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' });
    expect(running.split('\n').filter((line) => line.includes(temporary))).toEqual([]);
    expect(readdirSync(temporary).filter((name) => /^contractor-|^gw-pg/.test(name))).toEqual([]);
  },
  LIMIT,
);
