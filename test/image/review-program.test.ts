/** `ai-review` of the image by itself: complete without the repository, with the gateway and git as they are. */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { imageContext } from '../../workspace-image/image/context';
import { REVIEW_FOLDER, reviewProgram } from '../../workspace-image/image/review-program';
import { workspaceImage } from '../../workspace-image/image/workspace-image';
import { startTestGateway, type TestGateway } from '../gateway/support/gateway';
import { answerWith, finding, textOf } from '../review/support/model';
import { makeRepository, type TestRepository } from '../review/support/repository';

const ROOT = resolve(__dirname, '../..');
const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
const folder = mkdtempSync(join(tmpdir(), 'review-program-'));

let gateway: TestGateway;
let key: string;
let repository: TestRepository;

beforeAll(async () => {
  for (const [path, text] of reviewProgram()) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  writeFileSync(join(folder, 'key'), '');
  gateway = await startTestGateway();
  key = await gateway.workspaceKey();
  writeFileSync(join(folder, 'key'), `${key}\n`, { mode: 0o600 });
  repository = makeRepository({ 'src/load.ts': 'export function load(id: string) {\n  return id;\n}\n' });
  repository.commit('load from the database', {
    'src/load.ts': 'export function load(id: string) {\n  return db.query("select " + id);\n}\n',
  });
});
afterAll(async () => {
  repository.remove();
  await gateway.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => gateway.standin.reset());

/** With no variable and no module of this repository. */
function run(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, [join(folder, 'lib/program/main.js'), ...args], {
    cwd: repository.folder,
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      AI_GATEWAY_URL: gateway.dataUrl,
      AI_GATEWAY_KEY_FILE: join(folder, 'key'),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (part: Buffer) => (out += part.toString()));
  child.stderr.on('data', (part: Buffer) => (err += part.toString()));
  return new Promise((done) => child.once('close', (code) => done({ code, out, err })));
}

test('explains itself and says its version', async () => {
  expect(await run('--version')).toEqual({ code: 0, out: `${version}\n`, err: '' });
  const { code, out } = await run('--help');
  expect(code).toBe(0);
  expect(out).toContain('Usage: ai-review [options] [what...]');
  expect(out).toContain('$ ai-review --staged');
  expect(out).not.toContain('contractor-workspace');
  expect(await run('--nonsense')).toMatchObject({
    code: 2,
    err: expect.stringContaining('"ai-review --help"') as string,
  });
});

test('reviews a repository through the gateway, by the checklists and schemas beside it', async () => {
  answerWith(gateway.standin, { findings: [finding()] });
  const { code, out, err } = await run('--format', 'sarif', '--no-cache');
  expect(err).toBe('Reviewing main...HEAD: what is committed here, and main has not.\n');
  expect(code).toBe(0);
  const { runs } = JSON.parse(out) as {
    runs: { tool: { driver: { semanticVersion: string } }; results: { ruleId: string }[] }[];
  };
  expect(runs[0]?.tool.driver.semanticVersion).toBe(version);
  expect(runs[0]?.results.map(({ ruleId }) => ruleId)).toEqual(['security/sql-injection']);
  const asked = textOf(gateway.standin.requests[0]?.body);
  expect(asked).toContain('### security');
  expect(asked).toContain('return db.query("select " + id);');
});

test('an answer that is not of the form is known by the schema beside it', async () => {
  answerWith(gateway.standin, { findings: [finding({ confidence: 7 })] });
  const { code, out } = await run('--no-cache');
  expect([code, out]).toEqual([6, expect.stringContaining('could not be understood: src/load.ts')]);
});

test('the image holds it, with the licences of what is in it, and nothing of this machine', () => {
  const context = imageContext(workspaceImage());
  const below = `rootfs/opt/workspace/commands/${REVIEW_FOLDER}/`;
  for (const [path, text] of reviewProgram()) {
    expect(context.get(below + path)).toEqual({ content: text });
    expect([path, text.includes(ROOT)]).toEqual([path, false]);
  }
  expect(context.get('rootfs/opt/workspace/commands/ai-review')?.mode).toBe(0o755);
  const licences = reviewProgram().get('LICENSE-third-parties.txt') ?? '';
  const named = [...licences.matchAll(/^== (\S+) \d/gm)].map(([, name]) => name);
  expect(named).toEqual(expect.arrayContaining(['ajv', 'commander', 'ignore', 'picocolors']));
  expect(named).not.toContain('pg');
});

test('it is small enough for a template, and holds neither gateway nor constructs', () => {
  const program = reviewProgram().get('lib/program/main.js') ?? '';
  expect(program.length).toBeLessThan(320 * 1024);
  expect(/GATEWAY_MASTER_KEY|TerraformStack/.test(program)).toBe(false);
});
