/**
 * Lets Node.js require TypeScript: `node --require ./scripts/register-typescript.cjs src/main.ts`.
 *
 * For the synth, which people run after each edit and wait for, and for the gateway. tsx does the same for everything
 * else, but also resolves and reads every module of node_modules by itself, which doubles the time of a synth, and has
 * each function keep its name by a call made whenever one is created, which costs the gateway a fourteenth of its time.
 * Compiled files are kept in node_modules/.cache, by their names and contents.
 */
const { createHash } = require('node:crypto');
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { IS_PACKAGE, npmCi, setUpFault } = require('../terminal/set-up.cjs');

const fault = setUpFault();
if (fault !== undefined) {
  process.stderr.write(`${fault}\n`);
  process.exit(1);
}
const { version } = require('esbuild/package.json');

/** In the package it is beside the package itself, in the node_modules of whoever installed it. */
const MODULES = IS_PACKAGE ? join(__dirname, '..', '..', '..') : join(__dirname, '..', 'node_modules');
const CACHE = join(MODULES, '.cache', IS_PACKAGE ? 'contractor-workspace' : 'typescript');

// With a map, for the lines that a stack trace names.
const OPTIONS = { loader: 'ts', format: 'cjs', target: 'node20', sourcemap: 'inline', sourcesContent: false };

function compile(source, file) {
  const { transformSync } = require('esbuild');
  try {
    return transformSync(source, { ...OPTIONS, sourcefile: file }).code;
  } catch (thrown) {
    // What is wrong with a file is a list; anything else is about esbuild itself: its program is not there, or is one
    // for another system, as in a folder that was copied.
    if (Array.isArray(thrown.errors)) throw thrown;
    process.stderr.write(`${npmCi(`did not install esbuild for ${process.platform}-${process.arch}`)}\n`);
    process.exit(1);
  }
}

let isSlow = false;

/** Said to a person only, and once all is done. */
function sayThatItIsSlow() {
  if (!isSlow && process.stderr.isTTY)
    process.once('exit', () =>
      process.stderr.write(
        `Every start compiles anew, since ${CACHE} cannot be written: hand node_modules to the user who runs this.\n`,
      ),
    );
  isSlow = true;
}

function compiled(source, file) {
  const inputs = [version, JSON.stringify(OPTIONS), file, source].join('\n');
  const name = createHash('sha256').update(inputs).digest('hex');
  const cached = join(CACHE, `${name}.js`);
  try {
    return readFileSync(cached, 'utf8');
  } catch {
    const code = compile(source, file);
    try {
      mkdirSync(CACHE, { recursive: true });
      // In one step: two synths at once must not read half a file.
      writeFileSync(`${cached}.${process.pid}`, code);
      renameSync(`${cached}.${process.pid}`, cached);
    } catch {
      // It costs time, nothing else.
      sayThatItIsSlow();
    }
    return code;
  }
}

/**
 * The compiler makes a getter of each export, and a second one in front of it, which every use from another file goes
 * through. None of ours changes its value later, so once a file has run they are plain members: the gateway reads and
 * writes a large body in two thirds of the time. Files that import each other see the getters, as long as that lasts.
 */
function plain(exported) {
  const members = Object.assign({}, exported);
  return Object.defineProperty(members, '__esModule', { value: true });
}

require.extensions['.ts'] = (module, file) => {
  module._compile(compiled(readFileSync(file, 'utf8'), file), file);
  module.exports = plain(module.exports);
};

/**
 * Where a position of a compiled file stands in its source: for the one line of a fault, without what `--enable-source-maps`
 * costs every start. Both count from 1.
 */
function originalPosition(file, line, column) {
  const { SourceMap } = require('node:module');
  const code = compiled(readFileSync(file, 'utf8'), file);
  const map = Buffer.from(code.slice(code.lastIndexOf(';base64,') + ';base64,'.length), 'base64');
  const { originalLine, originalColumn } = new SourceMap(JSON.parse(map)).findEntry(line - 1, column - 1);
  if (originalLine === undefined) return undefined;
  return { file, line: originalLine + 1, column: originalColumn + 1 };
}

module.exports = { originalPosition };
