import { spawnSync } from 'node:child_process';
import { sequencesOf, usesOf, loopVariables } from '../../src/synth/form-rules/expressions';
import { HclSyntaxError, type Token } from '../../src/synth/hcl-lexer';
import { templateParts } from '../../src/synth/hcl-strings';
import type { Configuration } from '../configuration';
import { ok, type Finding } from './check';

const SHEBANG = /^#!.*\b(?:ba)?sh\b/;

const isScript = (path: string, text: string): boolean => /\.(ba)?sh$/.test(path) || SHEBANG.test(text);

/** Whether bash can read the scripts, and Terraform the files it fills in. */
export function checkScripts(configuration: Configuration, files: ReadonlyMap<string, string>): Finding[] {
  return [...checkTemplateFiles(configuration, files), ...checkSyntax(configuration, files)];
}

function checkSyntax(configuration: Configuration, files: ReadonlyMap<string, string>): Finding[] {
  const filled = new Set(templateCalls(configuration).map(({ path }) => path));
  const scripts = [...files].filter(([path, text]) => isScript(path, text) && !filled.has(path));
  if (scripts.length === 0) return [];
  const results = scripts.map(([path, text]) => ({
    path,
    result: spawnSync('bash', ['-n'], { input: text, encoding: 'utf8' }),
  }));
  if (results.some(({ result }) => result.error !== undefined)) {
    return [{ check: 'scripts', state: 'note', says: 'bash is not here, so the scripts were not read' }];
  }
  const broken = results.filter(({ result }) => result.status !== 0);
  if (broken.length === 0) {
    return [
      ok(
        'scripts',
        scripts.length === 1 ? 'bash can read the script' : `bash can read ${scripts.length} scripts`,
      ),
    ];
  }
  return broken.map(({ path, result }) => ({
    check: 'scripts',
    state: 'error',
    says: `${path}: bash cannot read it: ${result.stderr.split('\n')[0]?.replace(/^bash: /, '') ?? ''}`,
    todo: `mend it; "bash -n" says the same`,
  }));
}

/** A `templatefile` call: its file and the names it gives; nothing when an expression makes them. */
interface TemplateCall {
  readonly path: string;
  readonly names?: ReadonlySet<string>;
}

function templateCalls(configuration: Configuration): TemplateCall[] {
  return configuration.blocks.flatMap((block) =>
    block.templates().flatMap(({ text }) => {
      try {
        return templateParts(text).flatMap(({ tokens }) => callsIn(tokens));
      } catch {
        return [];
      }
    }),
  );
}

function callsIn(tokens: readonly Token[]): TemplateCall[] {
  return tokens.flatMap((token, at): TemplateCall[] => {
    if (token.text !== 'templatefile' || tokens[at + 1]?.text !== '(') return [];
    const end = closing(tokens, at + 1);
    const inside = tokens.slice(at + 2, end);
    const path = inside.find(({ kind, text }) => kind === 'quoted' && text.startsWith('/'))?.text.slice(1);
    const comma = inside.findIndex(({ text }) => text === ',');
    const map = inside.slice(comma + 1).filter(({ kind }) => kind !== 'newline');
    if (path === undefined) return [];
    return [map[0]?.text === '{' && map[1]?.text !== 'for' ? { path, names: keysOf(map) } : { path }];
  });
}

function closing(tokens: readonly Token[], open: number): number {
  let depth = 0;
  for (let at = open; at < tokens.length; at += 1) {
    const { kind, text } = tokens[at] as Token;
    if (kind === 'interp' || kind === 'control' || (kind === 'punct' && '([{'.includes(text))) depth += 1;
    if (kind === 'seqend' || (kind === 'punct' && ')]}'.includes(text))) depth -= 1;
    if (depth === 0) return at;
  }
  return tokens.length;
}

/** The keys of an object, those of objects inside it left out. */
function keysOf(map: readonly Token[]): Set<string> {
  const keys = new Set<string>();
  let depth = 0;
  map.forEach((token, at) => {
    if (token.kind === 'interp' || token.kind === 'control' || '([{'.includes(token.text)) depth += 1;
    else if (token.kind === 'seqend' || ')]}'.includes(token.text)) depth -= 1;
    else if (depth === 1 && token.kind === 'ident' && ['=', ':'].includes(map[at + 1]?.text ?? '')) {
      keys.add(token.text);
    }
  });
  return keys;
}

/** In a file that Terraform fills in, `${HOME}` is Terraform's, not the shell's. */
function checkTemplateFiles(configuration: Configuration, files: ReadonlyMap<string, string>): Finding[] {
  return templateCalls(configuration).flatMap(({ path, names }): Finding[] => {
    const text = files.get(path);
    if (text === undefined) return [];
    const finding = (says: string): Finding => ({
      check: 'scripts',
      state: 'error',
      says: `${path}: ${says}`,
      todo: 'write $${ and %%{ for what is meant for the shell, or read the file with file()',
    });
    try {
      const sequences = sequencesOf(text);
      if (names === undefined) return [];
      const own = loopVariables(sequences.flat());
      const strays = sequences.flatMap((tokens) => {
        const uses = usesOf(tokens, own);
        return [...uses.strays, ...uses.references.map(([root]) => root ?? '')].filter(
          (name) => !names.has(name) && !['path', 'each', 'count'].includes(name),
        );
      });
      return [...new Set(strays)].map((name) =>
        finding(`Terraform fills it in and is given no "${name}", which stands in it after a "\${" or "%{"`),
      );
    } catch (error) {
      return error instanceof HclSyntaxError ? [finding(`Terraform cannot read it: ${error.message}`)] : [];
    }
  });
}
