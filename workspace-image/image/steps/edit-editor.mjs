/**
 * Changes the editor's program where no setting does, by edits.json. Each pattern must match exactly once: a
 * code-server that is written otherwise fails the build, before anybody works with it.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const CODE_SERVER = '/opt/workspace/code-server/node_modules/code-server';
const PROGRAM = `${CODE_SERVER}/lib/vscode/out`;

const edits = JSON.parse(readFileSync('/opt/workspace/steps/edits.json', 'utf8'));
const faults = [];
for (const { part, file, find, replace, mark, hint } of edits) {
  const path = join(PROGRAM, file);
  const text = readFileSync(path, 'utf8');
  const found = [...text.matchAll(new RegExp(find, 'g'))];
  if (found.length !== 1) {
    faults.push(`"${part}" was found ${found.length} times in ${path}: ${hint}`);
    continue;
  }
  writeFileSync(path, text.replace(new RegExp(find), `${mark}${replace}`));
  process.stdout.write(`edited ${part}\n`);
}
if (faults.length > 0) {
  process.stderr.write(
    `code-server is not written as the edits of it expect: mend their patterns in src/ai-features.ts or workspace-image/image/editor-edits.ts, then run "npm run test:image", which shows them in a browser\n${faults.map((fault) => `- ${fault}\n`).join('')}`,
  );
  process.exit(1);
}

// A browser keeps the program for a year by the editor's commit, and client and server must name the same one.
const { commit } = JSON.parse(readFileSync(`${CODE_SERVER}/lib/vscode/product.json`, 'utf8'));
const edited = createHash('sha1')
  .update(`${commit}${JSON.stringify(edits)}`)
  .digest('hex');
const filesBelow = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(js|json|css|html|sh)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
for (const path of [
  ...filesBelow(PROGRAM),
  ...filesBelow(`${CODE_SERVER}/lib/vscode/bin`),
  `${CODE_SERVER}/lib/vscode/product.json`,
  `${CODE_SERVER}/package.json`,
]) {
  const text = readFileSync(path, 'utf8');
  if (text.includes(commit)) writeFileSync(path, text.replaceAll(commit, edited));
}
