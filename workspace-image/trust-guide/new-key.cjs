/**
 * Tells the assistant of an open window that the workspace has another key: it reads its import file when the window is
 * loaded, and does not watch it (Roo Code 3.52.1, Zoo Code 3.80.0).
 */
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const vscode = require('vscode');

/** Bytes. The set-up writes some thousand. */
const LONGEST_FILE = 1024 * 1024;
const EVERY_MS = 5_000;
const LOG = 'AI key';

/** The profiles of an import file by name; none where there is no such file. */
function readProfiles(file) {
  try {
    const { size } = fs.statSync(file);
    if (size > LONGEST_FILE) return {};
    return JSON.parse(fs.readFileSync(file, 'utf8')).providerProfiles.apiConfigs ?? {};
  } catch {
    return {};
  }
}

const keysOf = (profiles) =>
  JSON.stringify(Object.entries(profiles).map(([name, { openAiApiKey }]) => [name, openAiApiKey]));

/** As the assistant reads it: absolute, or from the home. */
const importFile = (name) => {
  const setting = vscode.workspace.getConfiguration(name).get('autoImportSettingsPath');
  return typeof setting !== 'string' || setting === ''
    ? undefined
    : path.resolve(os.homedir(), setting.replace(/^~\//, ''));
};

async function tell(extension, name, file, profiles) {
  const { exports: api } = extension;
  // What its makers export changes a task that is under way as well; the command asks for a panel that is shown.
  if (typeof api?.upsertProfile !== 'function' || typeof api.getActiveProfile !== 'function')
    return vscode.commands.executeCommand(`${name}.importSettings`, file);
  const active = api.getActiveProfile();
  for (const [profile, settings] of Object.entries(profiles))
    await api.upsertProfile(profile, settings, profile === active);
}

async function askForReload(label) {
  const reload = 'Reload Window';
  const chosen = await vscode.window.showWarningMessage(
    `${label} still has the key before: this workspace has a new one. Reload the window.`,
    reload,
  );
  if (chosen === reload) await vscode.commands.executeCommand('workbench.action.reloadWindow');
}

/** Looks after one assistant; returns what ends it. */
function watch(id, log, everyMs) {
  const name = id.split('.')[1];
  const file = importFile(name);
  if (file === undefined) return { dispose: () => {} };
  let known = keysOf(readProfiles(file));
  const look = async () => {
    const profiles = readProfiles(file);
    const now = keysOf(profiles);
    // A file that is being taken away has no key to give.
    if (now === known || now === '[]') return;
    known = now;
    const extension = vscode.extensions.getExtension(id);
    // One that has not begun reads the file when it does.
    if (!extension?.isActive) return;
    const label = extension.packageJSON.displayName ?? name;
    try {
      await tell(extension, name, file, profiles);
      log.info(`${label} has the new key`);
    } catch (fault) {
      log.error(`${label} does not take the new key: ${fault.name}`);
      await askForReload(label);
    }
  };
  // The file is replaced, and its folder may not be there yet: a question every few seconds misses neither.
  const timer = setInterval(() => void look(), everyMs);
  return { dispose: () => clearInterval(timer) };
}

/** @returns what ends it */
exports.watchKeys = (extensions, everyMs = EVERY_MS) => {
  if (extensions.length === 0) return { dispose: () => {} };
  const log = vscode.window.createOutputChannel(LOG, { log: true });
  return vscode.Disposable.from(log, ...extensions.map((id) => watch(id, log, everyMs)));
};
