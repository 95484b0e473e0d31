import { spawnSync } from 'node:child_process';
import type { Configuration } from '../configuration';
import { ok, type Finding } from './check';

const CHECK = 'scripts';

const SHEBANG = /^#!.*\b(?:ba)?sh\b/;

const isScript = (path: string, text: string): boolean => /\.(ba)?sh$/.test(path) || SHEBANG.test(text);

/** Files that Terraform fills in: bash gets another text, and a rule of the form looks at this one. */
const filledIn = (configuration: Configuration): ReadonlySet<string> =>
  new Set(
    configuration.blocks
      .flatMap((block) => block.templates())
      .flatMap(({ text }) => [...text.matchAll(/\btemplatefile\(\s*"\$\{path\.module\}\/([^"$]+)"/g)])
      .map(([, path]) => path ?? ''),
  );

/** Whether bash can read the scripts that are shipped. */
export function checkScripts(configuration: Configuration, files: ReadonlyMap<string, string>): Finding[] {
  const filled = filledIn(configuration);
  const scripts = [...files].filter(([path, text]) => isScript(path, text) && !filled.has(path));
  if (scripts.length === 0) return [];
  const results = scripts.map(([path, text]) => ({
    path,
    result: spawnSync('bash', ['-n'], { input: text, encoding: 'utf8' }),
  }));
  if (results.some(({ result }) => result.error !== undefined)) {
    return [{ check: CHECK, state: 'note', says: 'bash is not here, so the scripts were not read' }];
  }
  const broken = results.filter(({ result }) => result.status !== 0);
  if (broken.length === 0) {
    const which = scripts.length === 1 ? 'the script' : `${scripts.length} scripts`;
    return [ok(CHECK, `bash can read ${which}`)];
  }
  return broken.map(({ path, result }) => ({
    check: CHECK,
    state: 'error',
    says: `${path}: bash cannot read it: ${result.stderr.split('\n')[0]?.replace(/^bash: /, '') ?? ''}`,
    todo: 'mend it; "bash -n" says the same',
  }));
}
