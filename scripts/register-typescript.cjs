/**
 * Lets Node.js require TypeScript: `node --require ./scripts/register-typescript.cjs src/main.ts`.
 *
 * Only for the synth, which people run after each edit and wait for. tsx does the same for everything else, but also
 * resolves and reads every module of node_modules by itself: that doubles the time of a synth.
 * Compiled files are kept in node_modules/.cache, by their contents.
 */
const { createHash } = require('node:crypto');
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { version } = require('esbuild/package.json');

const CACHE = join(__dirname, '..', 'node_modules', '.cache', 'typescript');

function compile(source, file) {
  const { transformSync } = require('esbuild');
  const options = { loader: 'ts', format: 'cjs', target: 'node20', sourcefile: file };
  return transformSync(source, options).code;
}

function compiled(source, file) {
  const name = createHash('sha256').update(`${version}\n${source}`).digest('hex');
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
      // A folder that cannot be written costs time, nothing else.
    }
    return code;
  }
}

require.extensions['.ts'] = (module, file) =>
  module._compile(compiled(readFileSync(file, 'utf8'), file), file);
