/**
 * What a tool may bring about, as far as its definition tells. A tool nobody knows counts as one that changes things,
 * unless its name or its parameters say that it only looks or asks. The definition is the client's: who renames a tool
 * gets past this, see docs/enforcement.md.
 */
import type { ToolDefinition } from '../model/request';
import { KNOWN_TOOLS, type ToolEffect } from './known-tools';

const words = (...lists: readonly string[]): ReadonlySet<string> =>
  new Set(lists.flatMap((list) => list.split(' ')));

/** With one of these first, a name says that the tool only looks. */
const LOOKING = words(
  'browse count describe diff explain fetch find get glob grep help inspect list look lookup ls peek preview query',
  'read recall resolve retrieve search show stat status summarize tail tree view',
);

/** With one of these first, a name says that the tool speaks to the person. */
const ASKING = words('answer ask clarify present propose question reply respond');

/** Wherever one of these is in a name, the tool may do more than look. */
const CHANGING = words(
  'add append apply assign cancel clear click clone create delete deploy disable edit enable eval exec execute generate',
  'insert install invoke kill launch merge modify move mutate overwrite publish purge push put remove rename replace',
  'reset restore revert rollback save send submit touch trigger upload upsert write',
);

/** What does something as a verb, and is a thing to look at after a verb of looking ("get_commit", "search_code"). */
const CHANGING_AS_VERBS = words(
  'archive batch build change close code command commit console copy download drop fix format import patch post rebase',
  'refactor restart run script set shell sql start stop sync terminal type update',
);

/** A parameter of one of these names is what gets run. */
const RUN = words('argv bash cmd code command commands javascript python script shell sql');

/** A parameter of one of these names is what gets written, or says that something is. */
const WRITTEN = words(
  'body content contents data diff edits file_text insert_text method mutation new_content new_str new_string new_text',
  'old_str old_string patch payload replace replacement',
);

/** A tool with one of these, and with nothing beyond them and the next, looks something up. */
const SOUGHT = words(
  'glob keyword keywords pattern q queries query question regex search search_term term topic',
);
const HOW_SOUGHT = words(
  'case_sensitive cursor directory dirs exclude extension extensions file file_path file_paths files filter filters',
  'folder format include language limit max_results num_results offset page page_size path paths per_page recursive',
  'sort top_k type url urls version',
);

export function effectOf(tool: ToolDefinition): ToolEffect {
  const { type } = tool as { readonly type?: unknown };
  // A definition of the provider's, which the client runs: shell and editor.
  if (type !== undefined && type !== null && type !== 'custom') return 'changes';
  return KNOWN_TOOLS.get(tool.name) ?? guess(wordsOf(tool.name), parametersOf(tool));
}

function guess(name: readonly string[], parameters: readonly string[]): ToolEffect {
  const [first = ''] = name;
  if (name.some((word) => CHANGING.has(word)) || parameters.some((each) => RUN.has(each))) return 'changes';
  if (ASKING.has(first)) return 'asks';
  if (parameters.some((each) => WRITTEN.has(each))) return 'changes';
  if (LOOKING.has(first)) return 'reads';
  if (name.some((word) => CHANGING_AS_VERBS.has(word))) return 'changes';
  const looksUp =
    parameters.some((each) => SOUGHT.has(each)) &&
    parameters.every((each) => SOUGHT.has(each) || HOW_SOUGHT.has(each));
  return looksUp ? 'reads' : 'changes';
}

/** Of an MCP server's tool (`mcp__server__tool`, `mcp--server--tool`) only what the server calls it. */
function wordsOf(name: string): string[] {
  return name
    .replace(/^mcp(__|--).+?\1/, '')
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
}

function parametersOf({ input_schema }: ToolDefinition): string[] {
  const properties = (input_schema as Readonly<Record<string, unknown>> | undefined)?.['properties'];
  if (properties === null || typeof properties !== 'object') return [];
  return Object.keys(properties).map((name) => name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase());
}
