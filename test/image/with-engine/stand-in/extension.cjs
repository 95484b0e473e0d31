/** Stands in for an assistant in the editor: a place in the side bar with a page of its own, and files beside it. */
const { existsSync } = require('node:fs');
const { join } = require('node:path');
const vscode = require('vscode');

exports.activate = (context) => {
  const { views } = context.extension.packageJSON.contributes;
  const [{ id }] = Object.values(views).flat();
  const folders = (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath);
  context.subscriptions.push(
    vscode.window.registerWebviewViewProvider(id, {
      resolveWebviewView: ({ webview }) => {
        webview.options = { enableScripts: true, localResourceRoots: [context.extensionUri] };
        const script = webview.asWebviewUri(vscode.Uri.joinPath(context.extensionUri, 'page.js'));
        const hasFile = existsSync(join(context.extensionPath, 'page.js'));
        webview.html = `<html><body><p id="script">no script</p>
          <p>works in ${folders.join(' and ')}; ${hasFile ? 'finds its files' : 'finds no file of its own'}</p>
          <script src="${script}"></script></body></html>`;
      },
    }),
  );
};
