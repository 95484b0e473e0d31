import { AI_FEATURES, type AiFeature } from './ai-features';

const code = (text: string): string => `\`${text}\``;

const table = (header: readonly string[], rows: readonly (readonly string[])[]): string => {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
};

const means = ({ server, editor, cuts, extensions }: AiFeature): string =>
  [server && 'Coder server', editor && 'editor', cuts && "editor's program", extensions && 'extensions']
    .filter(Boolean)
    .join(', ');

/** Of the container in every workspace: `locks` of the assistants. */
export const PROGRAM_LOCKS: readonly (readonly [variable: string, keepsFrom: string])[] = [
  ['CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC', 'sending usage and errors to its maker'],
  ['DISABLE_AUTOUPDATER', 'putting another version of itself in the place of the one that was looked at'],
  ['OPENCODE_DISABLE_AUTOUPDATE', 'the same'],
  ['OPENCODE_DISABLE_CLAUDE_CODE', "obeying what a repository says to another vendor's assistant"],
  ['OPENCODE_DISABLE_LSP_DOWNLOAD', 'fetching programs and running them'],
  ['OPENCODE_DISABLE_MODELS_FETCH', "offering models of its maker's list, past the gateway"],
  ['OPENCODE_DISABLE_PROJECT_CONFIG', 'taking a provider, and with it an account, from a repository'],
  ['OPENCODE_DISABLE_SHARE', 'publishing what was said'],
];

/** The document for whoever asks what is switched off, and why. */
export function aiFeaturesDocument(features: readonly AiFeature[] = AI_FEATURES): string {
  return `# Other AI, switched off

AI comes through the gateway, where it is accounted for, or not at all. This page is made from \`src/ai-features.ts\`, as
are the layers; \`UPDATE_SNAPSHOT=1 npm test -- test/image\` makes it anew.

${table(
  ['what', 'why', 'where'],
  features.map((feature) => [feature.name, feature.reason, means(feature)]),
)}

## Coder server

Environment of the server. An older one ignores what it does not know.

${table(
  ['variable', 'value', 'Coder'],
  features.flatMap(({ server }) =>
    (server ?? []).map(({ variable, value, versions }) => [code(variable), code(value), versions]),
  ),
)}

## Editor

Settings of the machine, in a file of the image that belongs to root. They stand above a user's own settings. A
repository's \`.vscode/settings.json\` stands above them for most keys; that is why the extensions are gone as well, and
why the paths of Roo Code's and Zoo Code's settings are the machine's alone. The build of the image fails when the
editor does not know a key, other than those of removed extensions.

${table(
  ['setting', 'value', 'of'],
  features.flatMap(({ editor }) =>
    (editor ?? []).map(({ key, value, of }) => [
      code(key),
      code(JSON.stringify(value)),
      of ? `${code(of)}, removed` : 'the editor',
    ]),
  ),
)}

Older editors had these keys as well; the pinned one does not know them: ${features
    .flatMap(({ gone }) => gone ?? [])
    .map(code)
    .join(', ')}.

## Editor's program

Taken out of the editor's own code when the image is built, since no setting closes it. Each is found by a pattern that
must match once, so a code-server that is written otherwise fails the build, with a word about what to look for; the
commit that the editor names itself by becomes another one, so that no browser goes on with a program it has kept.
\`npm run test:image\` lists the palette in a real browser and finds no command that names AI.

${table(
  ['part', 'what it does'],
  features.flatMap(({ cuts }) => (cuts ?? []).map(({ part, effect }) => [code(part), effect])),
)}

## Programs of the assistants

The image holds them all, whichever was chosen, and a person can start one that was not. \`opencode\` and \`claude\` say then
that there is no AI; for what is started past them, these variables are in the container of every workspace, also of one
without AI. Nothing else there is about AI: what only serves an assistant at work is set where it was chosen.

${table(
  ['variable', 'keeps the program from'],
  PROGRAM_LOCKS.map(([variable, keepsFrom]) => [code(variable), keepsFrom]),
)}

## Extensions

Removed from the image, bundled or not; the build fails when one is left.

${features
  .flatMap(({ extensions }) => extensions ?? [])
  .map((id) => `- ${code(id)}`)
  .join('\n')}

## Dashboard

Of Coder's own buttons only the web terminal is shown. An editor on somebody's own machine has none of these locks.
`;
}
