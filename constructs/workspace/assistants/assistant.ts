/** A coding assistant as an add-on to the workspace: one file says everything about it. */
import type { Construct } from 'constructs';
import type { Catalog } from '../../../src/catalog';
import type { AgentMetadata } from '../workspace-agent';

/** An extension of the editor, from the gallery or from the folder of local VSIX files. */
export interface ImageExtension {
  /** `publisher.name`, as the gallery writes it. */
  readonly id: string;
  /** Exact version. */
  readonly version: string;
  /**
   * Settings of the extension that a repository must not state: in the image's copy of its manifest they belong to the
   * machine. For those that decide where a key is sent.
   *
   * @default - none
   */
  readonly machineSettings?: readonly string[];
}

/** A file of the image, owned by root and outside the home, so that a new image reaches every user. */
export interface ImageFile {
  /** Absolute. */
  readonly path: string;
  readonly content: string;
  /** Octal. @default '644' */
  readonly mode?: string;
}

/** What the workspace image holds. One image serves every choice of assistant. */
export interface ImageParts {
  /** npm packages by name, with exact versions. @default - none */
  readonly packages?: Readonly<Record<string, string>>;
  /** @default - none */
  readonly extensions?: readonly ImageExtension[];
  /** @default - none */
  readonly files?: readonly ImageFile[];
  /** Settings of the editor that the machine states, above the user's own. @default - none */
  readonly settings?: Readonly<Record<string, unknown>>;
}

/** A file in the home, written whole at each start, readable by its owner only. */
export interface HomeFile {
  /** Relative to the home; `[A-Za-z0-9._/-]`. */
  readonly path: string;
  /** Plain expression of its text; an empty text means no file. `KEY` in it becomes the workspace's key. */
  readonly content: string;
  /**
   * Where it lists the catalog's models, in JSON: what nobody serves is taken out at each start of a workspace.
   *
   * @default - it lists none
   */
  readonly models?: ListedModels;
}

/** A member for each model, in an object of a JSON file. */
export interface ListedModels {
  /** Names of the members that lead to the object, from the outermost on: `[A-Za-z0-9_-]`. */
  readonly at: readonly string[];
  /** What stands before a model's name there: `[A-Za-z0-9_-]`. @default '' */
  readonly prefix?: string;
  /**
   * Outermost member whose text names one model, as `<provider>/<name>`: it goes when that model does. `[A-Za-z0-9_-]`.
   *
   * @default - none
   */
  readonly namedBy?: string;
}

/** What the text of a `HomeFile` has where the key belongs. Terraform never knows the key. */
export const KEY = '@AI_GATEWAY_KEY@';

/** What an assistant may refer to. All but `catalog` and `scope` are plain expressions. */
export interface AssistantHost {
  /** For the locals of the assistant. */
  readonly scope: Construct;
  /** Makes what several assistants use: the first to ask makes it, in a scope of its own. */
  once<T>(name: string, make: (scope: Construct) => T): T;
  readonly catalog: Catalog;
  /** Origin of the gateway. */
  readonly gateway: string;
  /** Gateway name of the chosen model. */
  readonly model: string;
  /** Level in force. */
  readonly level: string;
  /** What the assistant is told about the level; empty where there are no rules. */
  readonly instructions: string;
}

/** What a workspace gets when the assistant was chosen. */
export interface AssistantParts {
  /** @default - none */
  readonly files?: readonly HomeFile[];
  /**
   * Variables of every process that a choice or a person changes, as plain expressions. Each is a line of its own among
   * the resources that Coder shows. Never a secret.
   *
   * @default - none
   */
  readonly environment?: Readonly<Record<string, string>>;
  /**
   * Variables of terminals where this assistant was chosen, as plain text: the same for every person and choice of
   * model. Never a secret. What has to reach processes other than terminals is for the program's guard to read.
   *
   * @default - none
   */
  readonly constants?: Readonly<Record<string, string>>;
}

export interface Assistant {
  /** Stable, `[a-z0-9-]`: construct ids come from it. */
  readonly name: string;
  readonly image: ImageParts;
  /**
   * Constant variables of every process, whichever was chosen, also without AI: what keeps the program from sending,
   * fetching and obeying anything that nobody asked for when it is started all the same. Nothing that only serves the
   * assistant at work.
   *
   * @default - none
   */
  readonly locks?: Readonly<Record<string, string>>;
  /**
   * What the dashboard shows about it, whatever was chosen: the command must say so when there is nothing to show.
   *
   * @default - nothing
   */
  readonly metadata?: readonly AgentMetadata[];
  /** Says what a workspace gets. Called once for a template. */
  bind(host: AssistantHost): AssistantParts;
}
