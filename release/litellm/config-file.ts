/**
 * LiteLLM's configuration file, as far as it can be trusted to be one: YAML of bounded size whose parts have the shape that
 * LiteLLM asks for.
 *
 * Source: https://docs.litellm.ai/docs/proxy/configs and /docs/proxy/config_settings
 */
import { readFileSync, statSync } from 'node:fs';
import { parse } from 'yaml';
import { CliError, UsageError } from '../../terminal/fault';
import { fileFault } from '../../terminal/file-fault';
import { yamlDepth } from './yaml-depth';

export type Entry = Readonly<Record<string, unknown>>;

export interface LitellmConfig {
  readonly models: readonly Entry[];
  /** Members of a section, `{}` where the file has none. */
  readonly section: (name: string) => Entry;
  /** Names of everything at the top. */
  readonly names: readonly string[];
}

/** Bytes. */
const LONGEST = 1024 * 1024;
const MOST_MODELS = 1_000;
const MOST_MEMBERS = 1_000;
/** YAML's references to what stands above: each one copies. */
const MOST_REFERENCES = 100;
/** Lists and objects inside one another; LiteLLM's files have five. */
const MOST_DEEP = 100;

export const isEntry = (value: unknown): value is Entry =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

export const wordIn = (entry: Entry, name: string): string | undefined => {
  const value = entry[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
};

/** @throws UsageError that says what is wrong; never with a value of the file, which may be a secret */
export function readLitellmConfig(path: string): LitellmConfig {
  const refuse = (says: string): never => {
    throw new UsageError(`${path} ${says}`);
  };
  const top = parsed(textOf(path, refuse), refuse);
  if (!isEntry(top)) return refuse('is no configuration of LiteLLM: it must have "model_list" at the top.');
  const names = Object.keys(top);
  if (names.length > MOST_MEMBERS) refuse(`has ${names.length} members at the top, at most ${MOST_MEMBERS}.`);
  const models = top['model_list'] ?? [];
  if (!Array.isArray(models)) return refuse('has a "model_list" that is no list.');
  if (models.length === 0)
    refuse('has no model in "model_list": models that LiteLLM keeps in its database are in no file.');
  if (models.length > MOST_MODELS)
    refuse(`has ${models.length} entries in "model_list", at most ${MOST_MODELS} are read.`);
  models.forEach((each, at) => {
    if (!isEntry(each) || !isEntry(each['litellm_params']))
      refuse(`has a "model_list[${at}]" that is no object with "model_name" and "litellm_params".`);
  });
  return {
    models: models as Entry[],
    names,
    section: (name) => {
      const section = top[name] ?? {};
      if (!isEntry(section)) return refuse(`has a "${name}" that is no object.`);
      if (Object.keys(section).length > MOST_MEMBERS)
        return refuse(`has more than ${MOST_MEMBERS} members in "${name}".`);
      return section;
    },
  };
}

function textOf(path: string, refuse: (says: string) => never): string {
  try {
    const stat = statSync(path);
    if (!stat.isFile()) return refuse('is no file.');
    if (stat.size > LONGEST) return refuse(`has ${stat.size} bytes; at most ${LONGEST} are read.`);
    return readFileSync(path, 'utf8');
  } catch (fault) {
    if (fault instanceof CliError) throw fault;
    throw new UsageError(
      fileFault(fault) ??
        `${path} cannot be read (${(fault as NodeJS.ErrnoException).code ?? 'unknown reason'}).`,
    );
  }
}

function parsed(text: string, refuse: (says: string) => never): unknown {
  if (yamlDepth(text) > MOST_DEEP)
    return refuse(`is no YAML that is read: it nests more than ${MOST_DEEP} deep.`);
  try {
    return parse(text, {
      maxAliasCount: MOST_REFERENCES,
      prettyErrors: false,
      logLevel: 'error',
    }) as unknown;
  } catch (fault) {
    // The parser's own words may quote the line, and with it a key.
    const [position] = (fault as { pos?: [number, number] }).pos ?? [];
    return refuse(
      position === undefined
        ? 'is no YAML that can be read.'
        : `is no YAML: line ${text.slice(0, position).split('\n').length} cannot be read.`,
    );
  }
}
