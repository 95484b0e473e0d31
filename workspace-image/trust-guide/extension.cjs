/**
 * Says in a folder that nobody has trusted yet why the assistant is not there, and asks for the trust that brings it.
 * The editor runs it there, since it does nothing with the folder; once the folder is trusted it shows nothing, and
 * passes a new key on (new-key.cjs).
 */
const vscode = require('vscode');
const { watchKeys } = require('./new-key.cjs');

const VIEW = 'contractor-workspace.trust';
const SHOWN = 'shown';

/** What the choice of assistant says; the build of the image puts it into the manifest. */
const words = ({ extension }) => extension.packageJSON.trustGuide;

async function askForTrust(message) {
  // A proposal of the editor's makers, open to what comes with the editor: a question that names the assistant.
  try {
    await vscode.workspace.requestWorkspaceTrust({ message });
  } catch {
    await vscode.commands.executeCommand('workbench.trust.manage');
  }
}

exports.activate = (context) => {
  const { status, question, extensions } = words(context);
  const keep = (...disposables) => context.subscriptions.push(...disposables);
  keep(
    vscode.commands.registerCommand('contractor-workspace.trustFolder', () => askForTrust(question)),
    vscode.window.registerTreeDataProvider(VIEW, { getChildren: () => [], getTreeItem: (item) => item }),
  );
  keep(watchKeys(extensions));
  if (vscode.workspace.isTrusted) return;

  const entry = vscode.window.createStatusBarItem(VIEW, vscode.StatusBarAlignment.Left, 0);
  entry.name = status;
  entry.text = `$(shield) ${status}`;
  entry.tooltip = question;
  entry.command = 'contractor-workspace.trustFolder';
  entry.backgroundColor = new vscode.ThemeColor('statusBarItem.warningBackground');
  entry.show();
  keep(
    entry,
    vscode.workspace.onDidGrantWorkspaceTrust(() => entry.hide()),
  );
  // Once: who has seen it may close it.
  if (context.workspaceState.get(SHOWN)) return;
  void context.workspaceState.update(SHOWN, true);
  void vscode.commands.executeCommand(`${VIEW}.focus`);
};
