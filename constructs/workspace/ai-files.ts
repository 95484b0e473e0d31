import { Construct } from 'constructs';
import type { Catalog } from '../../src/catalog';
import { literal } from '../../synth/hcl/strings';
import { shown } from '../../synth/shown';
import type { Assistant, AssistantHost, AssistantParts, ListedModels } from './assistants/assistant';
import { assistantsOf, type AssistantChoice } from './assistants/assistant-choice';
import { expression } from '../common/expression';
import { local } from '../common/local';
import { checkTypes, listed, validateProps, type Rule } from '../common/validation';
import type { WorkspaceAgent } from './workspace-agent';
import { WorkspaceVariable } from './workspace-variable';

/**
 * @example
 * new AiFiles(this, 'Files', {
 *   agent,
 *   catalog,
 *   choices: AssistantChoice.ALL,
 *   assistant: parameters.assistant.ref,
 *   gateway: parameters.gateway.ref,
 *   model: parameters.model.ref,
 *   level: enforcement.ref,
 *   instructions: instructions.ref,
 * });
 */
export interface AiFilesProps {
  readonly agent: WorkspaceAgent;
  readonly catalog: Catalog;
  readonly choices: readonly AssistantChoice[];
  /** Plain references. */
  readonly assistant: string;
  readonly gateway: string;
  readonly model: string;
  readonly level: string;
  readonly instructions: string;
}

interface BoundAssistant {
  readonly name: string;
  readonly parts: AssistantParts;
}

interface FileOfAssistants {
  readonly assistants: string[];
  /** Values of the form that bring it. */
  readonly choices: string[];
  readonly path: string;
  readonly content: string;
  /** @default - it lists none */
  readonly models?: ListedModels;
}

const PATH = /^[A-Za-z0-9._][A-Za-z0-9._-]*(\/[A-Za-z0-9._][A-Za-z0-9._-]*)*$/;
/** Where the set-up keeps what is its own. */
const RESERVED = '.config/ai-gateway/';

const MEMBER = /^[A-Za-z0-9_-]+$/;

/** Members of JSON that the set-up is told of. */
const membersOf = ({ models }: FileOfAssistants): string[] =>
  models === undefined
    ? []
    : [...models.at, ...[models.prefix, models.namedBy].filter((name) => name !== undefined)];

const isOwn = (path: string): boolean =>
  PATH.test(path) && !path.split('/').includes('..') && !path.startsWith(RESERVED);

/** Paths that two files of one choice have. */
const writtenTwice = (files: readonly FileOfAssistants[]): string[] =>
  files
    .filter((file, at) =>
      files
        .slice(0, at)
        .some(({ path, choices }) => path === file.path && choices.some((one) => file.choices.includes(one))),
    )
    .map(({ path }) => path);

const RULES: readonly Rule<readonly FileOfAssistants[]>[] = [
  {
    prop: 'assistants',
    holds: (files) => files.every(({ path }) => isOwn(path)),
    message: (files) =>
      `must write files with a path relative to the home, of letters, digits, ".", "_" and "-", outside ${RESERVED}, got ${listed(
        files.filter(({ path }) => !isOwn(path)).map(({ path }) => path),
      )}: write elsewhere`,
  },
  {
    prop: 'assistants',
    holds: (files) => writtenTwice(files).length === 0,
    message: (files) =>
      `must not write different texts to one file, got ${listed(writtenTwice(files))}: let them share it by "once", or give them files of their own`,
  },
  {
    prop: 'assistants',
    holds: (files) =>
      files.every((file) => file.models?.at.length !== 0 && membersOf(file).every((one) => MEMBER.test(one))),
    message: (files) =>
      `must name the members that list models by at least one name, of letters, digits, "_" and "-", got ${listed(
        files.flatMap(membersOf).filter((one) => !MEMBER.test(one)),
      )}: list the models elsewhere in the file`,
  },
];

const VARIABLE = /^[A-Z_][A-Z0-9_]{0,63}$/;
const VALUE = /^[A-Za-z0-9._:/-]{1,128}$/;

const oddConstants = (bound: readonly BoundAssistant[]): string[] =>
  bound
    .flatMap(({ parts }) => Object.entries(parts.constants ?? {}))
    .filter(([name, value]) => !VARIABLE.test(name) || !VALUE.test(value))
    .map(([name, value]) => `${name}=${value}`);

/** A shell sets them, and a guard may read them back. */
const CONSTANT_RULES: readonly Rule<readonly BoundAssistant[]>[] = [
  {
    prop: 'assistants',
    holds: (bound) => oddConstants(bound).length === 0,
    message: (bound) =>
      `must name constant variables by capital letters, digits and "_", and give them 1 to 128 letters, digits, ".", "_", ":", "/" and "-", got ${listed(oddConstants(bound))}: say anything else by a file`,
  },
];

/** What the chosen assistants read: their files in the home and their variables. */
export class AiFiles extends Construct {
  /** Plain reference: which assistants each value of the form brings. */
  readonly assistantsRef: string;
  /** Plain reference: every file any of them may write, with `path` and `text`. */
  readonly ref: string;
  /** Plain reference: those that this workspace gets. */
  readonly wantedRef: string;
  /** Plain reference: the constant variables of this workspace's assistants, `NAME=value`. */
  readonly constantsRef: string;
  /** Which files list models, and where, as the set-up reads it. Plain text. */
  readonly modelMembers: string;

  constructor(scope: Construct, id: string, props: AiFilesProps) {
    super(scope, id);
    validateProps(this, 'AiFilesProps', props);
    const { choices } = props;
    this.assistantsRef = local(
      this,
      'ai_assistants',
      Object.fromEntries(choices.map(({ value, assistants }) => [value, assistants.map(({ name }) => name)])),
    );
    const chosen = local(this, 'ai_chosen', expression`try(${this.assistantsRef}[${props.assistant}], [])`);

    const bound = assistantsOf(choices).map((assistant) => this.bind(assistant, props));
    const files = merge(bound, choices);
    validateProps(this, undefined, files, RULES);
    const members = files.flatMap(({ path, models }) =>
      models ? [[path, models.at.join('.'), models.prefix ?? '', models.namedBy ?? ''].join('|')] : [],
    );
    this.modelMembers = [...new Set(members)].join(' ');
    this.ref = local(
      this,
      'ai_files',
      files.map(({ assistants, path, content }) => ({ assistants, path, text: expression`${content}` })),
    );
    this.wantedRef = local(
      this,
      'ai_wanted_files',
      expression`[
    for file in ${this.ref} : file
    if file.text != "" && length(setintersection(file.assistants, ${chosen})) > 0
  ]`,
    );
    this.declareVariables(bound, chosen, props.agent);
    validateProps(this, undefined, bound, CONSTANT_RULES);
    const constants = bound.flatMap(({ name, parts }) => {
      const lines = Object.entries(parts.constants ?? {}).map(([variable, value]) =>
        literal(`${variable}=${value}`),
      );
      return lines.length === 0 ? [] : [{ assistant: literal(name), lines }];
    });
    this.constantsRef = constants.length === 0 ? '[]' : this.constantsOf(constants, chosen);
  }

  private bind(assistant: Assistant, props: AiFilesProps): BoundAssistant {
    const host: AssistantHost = {
      scope: new Construct(this, assistant.name),
      once: <T>(name: string, make: (scope: Construct) => T): T => {
        if (!this.shared.has(name)) this.shared.set(name, make(new Construct(this, name)));
        return this.shared.get(name) as T;
      },
      catalog: props.catalog,
      gateway: props.gateway,
      model: props.model,
      level: props.level,
      instructions: props.instructions,
    };
    const title = `bind() of the assistant ${shown(assistant.name)}`;
    return { name: assistant.name, parts: checkTypes(title, 'AssistantParts', assistant.bind(host)) };
  }

  private constantsOf(
    constants: readonly { readonly assistant: string; readonly lines: readonly string[] }[],
    chosen: string,
  ): string {
    const all = local(this, 'ai_assistant_constants', [...constants]);
    return local(
      this,
      'ai_constants',
      expression`distinct(flatten([
    for one in ${all} : one.lines if contains(${chosen}, one.assistant)
  ]))`,
    );
  }

  private readonly shared = new Map<string, unknown>();

  private declareVariables(bound: readonly BoundAssistant[], chosen: string, agent: WorkspaceAgent): void {
    for (const { name: assistant, parts } of bound) {
      for (const [name, value] of Object.entries(parts.environment ?? {})) {
        const when = `contains(${chosen}, "${literal(assistant)}")`;
        new WorkspaceVariable(this, name, { agent, name, value, when });
      }
    }
  }
}

/** One entry for a file that several assistants write alike. */
function merge(bound: readonly BoundAssistant[], choices: readonly AssistantChoice[]): FileOfAssistants[] {
  const merged: FileOfAssistants[] = [];
  for (const { name, parts } of bound) {
    const values = choices
      .filter(({ assistants }) => assistants.some((one) => one.name === name))
      .map(({ value }) => value);
    for (const { path, content, models } of parts.files ?? []) {
      const same = merged.find((file) => file.path === path && file.content === content);
      if (same === undefined)
        merged.push({ assistants: [name], choices: values, path, content, ...(models && { models }) });
      else {
        same.assistants.push(name);
        same.choices.push(...values);
      }
    }
  }
  return merged;
}
