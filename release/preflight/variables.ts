import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parse as parseHcl } from '@cdktf/hcl2json';
import { parse as parseYaml } from 'yaml';
import type { Configuration } from '../configuration';
import { isObject } from '../../synth/hcl/expressions';
import { UsageError } from '../../terminal/fault';
import { ok, type Finding, type Subject } from './check';

const CHECK = 'variables';

/** Names that have a value, and what is wrong with their file; values themselves never leave this file. */
interface Given {
  readonly names: ReadonlySet<string>;
  readonly empty: readonly string[];
  readonly findings: readonly Finding[];
}

/** Whether the push has a value for every variable. */
export async function checkVariables(subject: Subject, configuration: Configuration): Promise<Finding[]> {
  const variables = configuration.ofKind('variable');
  const declared = variables.map(({ name }) => name);
  const required = variables.filter((block) => block.get('default') === undefined).map(({ name }) => name);
  const fromFolder = await namesInFolder(subject.folder);
  if (subject.variablesFile === undefined) {
    const open = required.filter((name) => !fromFolder.has(name));
    if (open.length === 0) return [ok(CHECK, 'every variable has a value')];
    return [
      {
        check: CHECK,
        state: 'note',
        says: `the first push needs a value for ${open.join(', ')}; a later one takes what the server has stored`,
        todo: `write "${open[0]}: …" into a file and check it with --variables-file`,
      },
    ];
  }
  const given = readVariables(subject.variablesFile, subject.folder);
  const missing = required.filter(
    (name) => given.empty.includes(name) || (!given.names.has(name) && !fromFolder.has(name)),
  );
  const unknown = [...given.names].filter((name) => !declared.includes(name));
  const findings = [
    ...given.findings,
    ...missing.map((name): Finding => ({
      check: CHECK,
      state: 'error',
      says: `${subject.variablesFile} has no value for ${name}, and the template has no default`,
      todo: `add "${name}: …"`,
    })),
    ...unknown.map((name): Finding => ({
      check: CHECK,
      state: 'error',
      says: `${subject.variablesFile} has a value for ${name}, which the template does not declare`,
      todo:
        declared.length === 0
          ? 'take it out'
          : `declared are ${declared.join(', ')}; take it out or mend the name`,
    })),
  ];
  return findings.some(({ state }) => state === 'error')
    ? findings
    : [...findings, ok(CHECK, 'every variable has a value')];
}

/** Files at the top of the folder that the coder CLI reads by itself. */
async function namesInFolder(folder: string): Promise<ReadonlySet<string>> {
  const names = new Set<string>();
  for (const file of ['terraform.tfvars', 'terraform.tfvars.json']) {
    const path = join(folder, file);
    if (!existsSync(path)) continue;
    const text = readFileSync(path, 'utf8');
    const values: unknown = file.endsWith('.json') ? JSON.parse(text) : await parseHcl('values.tfvars', text);
    if (isObject(values)) Object.keys(values).forEach((name) => names.add(name));
  }
  return names;
}

function readVariables(file: string, folder: string): Given {
  if (!existsSync(file)) {
    throw new UsageError(
      `there is no file ${file}: --variables-file takes a YAML file with a "name: value" a line`,
    );
  }
  const values = yamlMap(file);
  const findings: Finding[] = [];
  const inside = relative(realpathSync(folder), realpathSync(file));
  if (!inside.startsWith('..')) {
    findings.push({
      check: CHECK,
      state: 'error',
      says: `${file} lies in the folder that is pushed: everybody who may read the template could read it`,
      todo: 'move it out',
    });
  }
  if ((statSync(file).mode & 0o077) !== 0 && process.platform !== 'win32') {
    findings.push({
      check: CHECK,
      state: 'note',
      says: `other users of this machine may read ${file}`,
      todo: `chmod 600 ${file}`,
    });
  }
  const wrong = Object.entries(values).filter(([, value]) => isObject(value));
  findings.push(
    ...wrong.map(([name]): Finding => ({
      check: CHECK,
      state: 'error',
      says: `${file} has a map for ${name}; Coder takes a text, a number, true, false or a list`,
      todo: 'write the value as one text',
    })),
  );
  return {
    names: new Set(Object.keys(values)),
    empty: Object.keys(values).filter((name) => values[name] === null || values[name] === ''),
    findings,
  };
}

/** @throws UsageError without a line of the file in it: its lines are secrets */
function yamlMap(file: string): Readonly<Record<string, unknown>> {
  let values: unknown;
  try {
    values = parseYaml(readFileSync(file, 'utf8'), { prettyErrors: false, logLevel: 'error' });
  } catch (error) {
    const position = (error as { readonly pos?: readonly [number, number] }).pos?.[0];
    const line =
      position === undefined
        ? ''
        : `, line ${readFileSync(file, 'utf8').slice(0, position).split('\n').length}`;
    throw new UsageError(
      `${file}${line} is no YAML: write one "name: value" a line, texts with ": " or "#" in quotes`,
    );
  }
  if (values === null || values === undefined) return {};
  if (!isObject(values)) throw new UsageError(`${file} must be a map: write one "name: value" a line`);
  return values;
}
