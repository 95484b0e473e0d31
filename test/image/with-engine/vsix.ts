import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ImageExtension } from '../../../constructs/workspace/assistants/assistant';
import { zip } from './zip';

const PROGRAM = join(__dirname, 'stand-in');

/**
 * Stands in for an extension of the gallery, which is not reached here: same id, version and settings; a small program
 * with a place in the side bar, named by the id, in the place of the real one.
 */
function standIn({ id, version, machineSettings = [] }: ImageExtension): Buffer {
  const [publisher = '', name = ''] = id.split('.');
  const prefix = machineSettings[0]?.split('.')[0] ?? name;
  const settings: [string, unknown][] = [
    ...machineSettings.map((key): [string, unknown] => [key, { type: 'string', default: '' }]),
    [`${prefix}.allowedCommands`, { type: 'array', default: [] }],
    [`${prefix}.deniedCommands`, { type: 'array', default: [] }],
  ];
  return zip({
    'extension.vsixmanifest': `<?xml version="1.0" encoding="utf-8"?>
<PackageManifest Version="2.0.0" xmlns="http://schemas.microsoft.com/developer/vsx-schema/2011">
  <Metadata>
    <Identity Language="en-US" Id="${name}" Version="${version}" Publisher="${publisher}"/>
    <DisplayName>${name}</DisplayName>
    <Description>Stands in for ${id}</Description>
  </Metadata>
  <Installation><InstallationTarget Id="Microsoft.VisualStudio.Code"/></Installation>
  <Dependencies/>
  <Assets>
    <Asset Type="Microsoft.VisualStudio.Code.Manifest" Path="extension/package.json" Addressable="true"/>
  </Assets>
</PackageManifest>
`,
    ...Object.fromEntries(
      readdirSync(PROGRAM).map((file) => [`extension/${file}`, readFileSync(join(PROGRAM, file), 'utf8')]),
    ),
    'extension/package.json': JSON.stringify({
      publisher,
      name,
      version,
      engines: { vscode: '^1.84.0' },
      main: './extension.cjs',
      activationEvents: ['onStartupFinished'],
      contributes: {
        commands: [{ command: `${prefix}.ask`, category: id, title: 'Ask the AI' }],
        viewsContainers: { activitybar: [{ id: prefix, title: id, icon: 'icon.svg' }] },
        views: { [prefix]: [{ type: 'webview', id: `${prefix}.view`, name: id }] },
        configuration: { title: name, properties: Object.fromEntries(settings) },
      },
    }),
  });
}

/** Writes one VSIX an extension. @returns the folder */
export function writeStandIns(folder: string, extensions: readonly ImageExtension[]): string {
  mkdirSync(folder, { recursive: true });
  for (const extension of extensions) {
    writeFileSync(join(folder, `${extension.id}-${extension.version}.vsix`), standIn(extension));
  }
  return folder;
}
