import { AssistantChoice } from '../../constructs/workspace/assistants/assistant-choice';
import { imageContext } from '../../workspace-image/image/context';
import { workspaceImage } from '../../workspace-image/image/workspace-image';

interface Manifest {
  readonly capabilities: { readonly untrustedWorkspaces: { readonly supported: boolean } };
  readonly main: string;
  readonly contributes: {
    readonly viewsWelcome: readonly { readonly contents: string }[];
    readonly viewsContainers: { readonly activitybar: readonly { readonly title: string }[] };
  };
  readonly trustGuide: { readonly status: string; readonly question: string };
}

const FOLDER = 'rootfs/opt/workspace/extensions';
const context = imageContext(workspaceImage());
const manifestOf = (choice: string): Manifest | undefined => {
  const file = context.get(`${FOLDER}/${choice}/contractor-workspace.trust-guide/package.json`);
  return file && (JSON.parse(String(file.content)) as Manifest);
};

test.each([
  ['roo-code', 'Roo Code', /^Roo Code is not shown yet, because this folder is not trusted\.$/m],
  ['zoo-code', 'Zoo Code', /^Zoo Code is not shown yet, because this folder is not trusted\.$/m],
  [
    'opencode',
    'OpenCode',
    /^OpenCode works in the terminal, which the editor opens in a trusted folder only\.$/m,
  ],
  ['claude-code', 'Claude Code', /^Claude Code works in the terminal/m],
])('who chose %s is told why it is not there, and asked for trust', (choice, label, why) => {
  const manifest = manifestOf(choice);
  // Else the editor would not run it where it is needed.
  expect(manifest?.capabilities.untrustedWorkspaces.supported).toBe(true);
  expect(manifest?.contributes.viewsContainers.activitybar[0]?.title).toBe(label);
  const contents = manifest?.contributes.viewsWelcome[0]?.contents ?? '';
  expect(contents).toMatch(why);
  expect(contents).toMatch(/^\[Trust This Folder…\]\(command:contractor-workspace\.trustFolder\)$/m);
  expect(manifest?.trustGuide.status).toBe(`${label}: trust this folder to use it`);
  expect(manifest?.trustGuide.question).toContain(label);
  const program = `${FOLDER}/${choice}/contractor-workspace.trust-guide/extension.cjs`;
  expect(String(context.get(program)?.content)).toContain('contractor-workspace.trustFolder');
});

test('without an assistant there is nothing to trust a folder for', () => {
  expect(manifestOf('none')).toBeUndefined();
  expect([...context.keys()].filter((path) => path.startsWith(`${FOLDER}/none`))).toEqual([]);
  const { choices } = JSON.parse(String(context.get('extensions.json')?.content)) as {
    choices: Record<string, string[]>;
  };
  expect(choices).toEqual({
    'roo-code': ['RooVeterinaryInc.roo-cline'],
    'zoo-code': ['ZooCodeOrganization.zoo-code'],
    opencode: [],
    'claude-code': [],
  });
});

test('an image without assistants holds no extension of ours', () => {
  const without = imageContext(workspaceImage([AssistantChoice.NONE]));
  expect([...without.keys()].filter((path) => path.includes('trust-guide'))).toEqual([]);
});
