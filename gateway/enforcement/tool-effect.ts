/**
 * What a tool may bring about, as far as its definition tells. A tool nobody knows counts as one that changes things,
 * unless its name or its parameters say that it only looks or asks. The definition is the client's: who renames a tool
 * gets past this, see docs/enforcement.md.
 */
import type { ToolDefinition } from '../model/request';
import { KNOWN_TOOLS, type ToolEffect } from './known-tools';
import { isAsciiName, wordsOf } from './words';

const words = (...lists: readonly string[]): ReadonlySet<string> =>
  // bounded: lists of this file
  new Set(lists.flatMap((list) => list.split(' ')));

/** With one of these first, a name says that the tool only looks. */
const LOOKING = words(
  'browse count describe diff explain fetch find get glob grep help inspect list look lookup ls peek preview query',
  'read recall resolve retrieve search show stat status summarize tail tree view',
);

/** With one of these first, a name says that the tool speaks to the person. */
const ASKING = words('answer ask clarify present propose question reply respond');

/** Wherever one of these is in a name, the tool may do more than look. Numbers behind it change nothing. */
const CHANGING = words(
  'abort add alter amend append apply approve assign attach ban broadcast cancel clear click clone create deactivate',
  'delete deploy destroy detach disable discard dispatch drag drop edit enable enqueue erase evict exploit format',
  'generate grant import inject insert install into invite invoke launch lock merge modify mount move mutate nuke',
  'obliterate overwrite patch press publish purchase purge push put rebase refactor reject remove rename replace reset',
  'restart restore revert revoke rollback save send shred submit sync touch transfer trash trigger truncate umount',
  'uninstall unlink unlock unmount update upgrade upload upsert wipe write',
  // What runs commands, and commands that change things.
  'awk bash chgrp chmod chown cmd cp csh dd del doas eval exec execute fork kill killall ksh ln mkdir mkfs mv pkill',
  'popen powershell pwsh reboot rerun rm rmdir run sed sh shell shutdown spawn sql su subprocess sudo tee terminate zsh',
);

/** What does something as a verb, and is a thing to look at after a verb of looking ("get_commit", "search_code"). */
const CHANGING_AS_VERBS = words(
  'archive batch build change close code command commit console copy download fix post script set start stop terminal',
  'type',
);

/** After one of these a name says one thing more that the tool does. */
const JOINING = words('also and n or plus then');

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
  return (
    KNOWN_TOOLS.get(tool.name) ?? guess(wordsOf(withoutServer(tool.name)), parametersOf(tool), tool.name)
  );
}

function guess(name: readonly string[], parameters: readonly string[], written: string): ToolEffect {
  const [first = ''] = name;
  // Of other letters nobody can tell here what they say.
  if (!isAsciiName(written)) return 'changes';
  if (name.some(changes) || name.some(joinsMore) || parameters.some((each) => RUN.has(each)))
    return 'changes';
  if (ASKING.has(first)) return 'asks';
  if (parameters.some((each) => WRITTEN.has(each))) return 'changes';
  if (LOOKING.has(first)) return 'reads';
  if (name.some((word) => CHANGING_AS_VERBS.has(word))) return 'changes';
  const looksUp =
    parameters.some((each) => SOUGHT.has(each)) &&
    parameters.every((each) => SOUGHT.has(each) || HOW_SOUGHT.has(each));
  return looksUp ? 'reads' : 'changes';
}

const changes = (word: string): boolean => CHANGING.has(word) || CHANGING.has(withoutNumber(word));

/** Whether what follows is more than another way to look or ask. */
function joinsMore(word: string, index: number, name: readonly string[]): boolean {
  if (!JOINING.has(word) || index === 0) return false;
  const next = name[index + 1] ?? '';
  return !LOOKING.has(next) && !ASKING.has(next);
}

function withoutNumber(word: string): string {
  let end = word.length;
  while (end > 0 && word.charCodeAt(end - 1) <= 0x39) end -= 1;
  return word.slice(0, end);
}

/** Of an MCP server's tool (`mcp__server__tool`, `mcp--server--tool`) only what the server calls it. */
function withoutServer(name: string): string {
  for (const between of ['__', '--']) {
    if (!name.startsWith(`mcp${between}`)) continue;
    // A server's name has a letter at least.
    const end = name.indexOf(between, `mcp${between}`.length + 1);
    if (end !== -1) return name.slice(end + between.length);
  }
  return name;
}

function parametersOf({ input_schema }: ToolDefinition): string[] {
  const properties = (input_schema as Readonly<Record<string, unknown>> | undefined)?.['properties'];
  if (properties === null || typeof properties !== 'object') return [];
  return Object.keys(properties).map((name) => wordsOf(name).join('_'));
}
