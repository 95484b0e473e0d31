/** What the build of the image changes in the editor's own program. */

export interface EditorEdit {
  /** What the editor's source calls it. */
  readonly part: string;
  /** Below the editor's `out/`. */
  readonly file: string;
  /** Matches that file of the pinned code-server exactly once, or the build of the image fails. */
  readonly find: RegExp;
  /** As for `String.replace`. */
  readonly replace: string;
  /** For whoever raises code-server and finds that it does not match any more. */
  readonly hint: string;
}

/** What a browser runs. */
export const WORKBENCH = 'vs/code/browser/workbench/workbench.js';

/**
 * code-server trusts all folders or asks about each: the browser keeps what was trusted, out of a start script's reach.
 * With this the server answers for one folder, that of a site's own repository, and asks about every other.
 *
 * CODE_SERVER_TRUSTED_FOLDER: its path, in the environment of the server.
 */
export const ONE_TRUSTED_FOLDER: EditorEdit = {
  part: 'enableWorkspaceTrust',
  file: 'server-main.js',
  find: /(_handleRoot\([\w$]+,[\w$]+,([\w$]+)\)\{.{0,9000}?enableWorkspaceTrust:)(!this\._environmentService\.args\["disable-workspace-trust"\])/,
  replace:
    '$1!(process.env.CODE_SERVER_TRUSTED_FOLDER&&$2.searchParams.get("folder")===process.env.CODE_SERVER_TRUSTED_FOLDER)&&$3',
  hint: 'look for "enableWorkspaceTrust" in the method _handleRoot(request, response, address)',
};
