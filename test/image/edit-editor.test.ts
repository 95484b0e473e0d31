/** The step of the image's build that edits the editor's program, with small programs in its place. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { imageContext } from '../../workspace-image/image/context';
import { workspaceImage } from '../../workspace-image/image/workspace-image';

const STEP = resolve(__dirname, '../../workspace-image/image/steps/edit-editor.mjs');
const COMMIT = '53c2f3253bcf32886706fc023e794bbeb253c90f';

/** What code-server 4.139.1 has in these places, as its makers' tools shortened it. */
const SET_UP =
  'constructor(e,t){let n=e,r=t.requests?.value;if(!n||!r)return;let a=new $q(()=>this._register(this.instantiationService.createInstance(PXe,n,r)));this.registerSetupAgents(n,a)}';
const ONBOARDING =
  'V(class extends j{constructor(){super({id:"workbench.action.welcomeOnboarding2026",title:O(20240,"Welcome Onboarding 2026"),category:$e.Developer,f1:!0})}run(s){s.get(ITt).show()}});';
const ROOT =
  'async _handleRoot(t,e,n){let re={userDataPath:this.a,enableWorkspaceTrust:!this._environmentService.args["disable-workspace-trust"],folderUri:w}}';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'edit-editor-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const editor = (path: string): string =>
  join(folder, 'code-server/node_modules/code-server/lib/vscode', path);
const WORKBENCH = 'out/vs/code/browser/workbench/workbench.js';

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

function edit(workbench: string): { status: number | null; output: string } {
  write(
    editor(WORKBENCH),
    `var p={commit:"${COMMIT}"};class A{${workbench.replace(ONBOARDING, '')}}${workbench.includes(ONBOARDING) ? ONBOARDING : ''}`,
  );
  write(editor('out/server-main.js'), `var p={commit:"${COMMIT}"};class B{${ROOT}}`);
  write(editor('product.json'), JSON.stringify({ commit: COMMIT }));
  write(editor('bin/code.sh'), `echo ${COMMIT}`);
  write(editor('../../package.json'), JSON.stringify({ commit: COMMIT }));
  write(join(folder, 'steps/edits.json'), String(imageContext(workspaceImage()).get('edits.json')?.content));
  write(join(folder, 'step.mjs'), readFileSync(STEP, 'utf8').replaceAll('/opt/workspace', folder));
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(folder, 'step.mjs')], {
    encoding: 'utf8',
  });
  return { status, output: `${stdout}${stderr}` };
}

const read = (path: string): string => readFileSync(editor(path), 'utf8');

test('each part is taken out once, and what is left is a program', () => {
  expect(edit(SET_UP + ONBOARDING)).toMatchObject({ status: 0 });
  expect(read(WORKBENCH)).toContain(
    'let n=e,/*contractor-workspace: workbench.contrib.chatSetup*/r=void 0;if(!n||!r)return;',
  );
  expect(read(WORKBENCH)).toMatch(/f1:!1\}\)\}run\(s\)\{\}\}\);$/);
  expect(read('out/server-main.js')).toContain(
    'enableWorkspaceTrust:!(process.env.CODE_SERVER_TRUSTED_FOLDER&&n.searchParams.get("folder")===process.env.CODE_SERVER_TRUSTED_FOLDER)&&!this._environmentService.args["disable-workspace-trust"],',
  );
  for (const path of [WORKBENCH, 'out/server-main.js'])
    execFileSync(process.execPath, ['--check', editor(path)]);
});

test('a browser that has kept the program takes the new one: the editor names another commit, everywhere the same', () => {
  edit(SET_UP + ONBOARDING);
  const { commit } = JSON.parse(read('product.json')) as { commit: string };
  expect(commit).toMatch(/^[0-9a-f]{40}$/);
  expect(commit).not.toBe(COMMIT);
  for (const path of [WORKBENCH, 'out/server-main.js', 'bin/code.sh', '../../package.json']) {
    expect({ path, text: read(path) }).toMatchObject({
      path,
      text: expect.stringContaining(commit) as string,
    });
    expect(read(path)).not.toContain(COMMIT);
  }
});

test.each([
  ['not at all', ONBOARDING, 'found 0 times'],
  ['twice', SET_UP + SET_UP.replace('constructor', 'other') + ONBOARDING, 'found 2 times'],
])('a part that is there %s fails the build and says where to look', (_, workbench, words) => {
  const { status, output } = edit(workbench);
  expect(status).toBe(1);
  expect(output).toContain('mend their patterns in src/ai-features.ts');
  expect(output).toContain(words);
  expect(output).toContain('look for "workbench.contrib.chatSetup"');
});
