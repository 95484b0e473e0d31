import { Construct } from 'constructs';
import type { Catalog } from '../../src/catalog';
import { literal } from '../../synth/hcl/strings';
import { shown } from '../../synth/shown';
import type { Assistant, AssistantHost, AssistantParts } from './assistants/assistant';
import { assistantsOf, type AssistantChoice } from './assistants/assistant-choice';
import { expression } from '../common/expression';
import { local } from '../common/local';
import { checkTypes, listed, validateProps, type Rule } from '../common/validation';
import type { WorkspaceAgent } from './workspace-agent';
import { WorkspaceVariable } from './workspace-variable';

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
  readonly path: string;
  readonly content: string;
}

const PATH = /^[A-Za-z0-9._][A-Za-z0-9._-]*(\/[A-Za-z0-9._][A-Za-z0-9._-]*)*$/;
/** Where the set-up keeps what is its own. */
const RESERVED = '.config/ai-gateway/';

const isOwn = (path: string): boolean =>
  PATH.test(path) && !path.split('/').includes('..') && !path.startsWith(RESERVED);

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
    holds: (files) => new Set(files.map(({ path }) => path)).size === files.length,
    message: (files) =>
      `must not write different texts to one file, got ${listed(
        files.map(({ path }) => path).filter((path, at, all) => all.indexOf(path) !== at),
      )}: let them share it by "once", or give them files of their own`,
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
  /** Variables of all assistants that no choice changes: plain text by name. */
  readonly constants: Readonly<Record<string, string>>;

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
    const files = merge(bound);
    validateProps(this, undefined, files, RULES);
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
    this.constants = Object.assign({}, ...bound.map(({ parts }) => parts.constants)) as Record<
      string,
      string
    >;
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
function merge(bound: readonly BoundAssistant[]): FileOfAssistants[] {
  const merged: FileOfAssistants[] = [];
  for (const { name, parts } of bound)
    for (const { path, content } of parts.files ?? []) {
      const same = merged.find((file) => file.path === path && file.content === content);
      if (same === undefined) merged.push({ assistants: [name], path, content });
      else same.assistants.push(name);
    }
  return merged;
}
