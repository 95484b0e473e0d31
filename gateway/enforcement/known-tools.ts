/**
 * The tools of the clients that a workspace comes with, by the exact name each sends, and what they may bring about.
 *
 * Names as of: Roo Code 3.52 and Zoo Code 3.82 (`packages/types/src/tool.ts` of either and `src/core/prompts/tools`),
 * OpenCode 1.18 (`packages/opencode/src/tool/registry.ts`, and what 1.18.33 was seen to send), Claude Code 2.1
 * (https://code.claude.com/docs/en/tools-reference), Anthropic's client tools
 * (https://platform.claude.com/docs/en/agents-and-tools/tool-use/overview). Older names of theirs stay, for old
 * clients.
 */

/**
 * What the use of a tool comes to. `reads`: it looks, or keeps the client's own notes; nothing of the person's changes.
 * `asks`: it puts words before the person, who answers or decides: questions, plans, final answers. `changes`: it may
 * change files, run commands, or make another agent do so.
 */
export type ToolEffect = 'reads' | 'asks' | 'changes';

type NamesByEffect = Readonly<Record<ToolEffect, readonly string[]>>;

export const CLIENT_TOOLS: Readonly<Record<string, NamesByEffect>> = {
  'Roo Code': {
    reads: [
      'read_file',
      'read_command_output',
      'list_files',
      'search_files',
      'codebase_search',
      'list_code_definition_names',
      'access_mcp_resource',
      'fetch_instructions',
      'run_slash_command',
      'skill',
      // Another mode offers other tools, which come by this gateway as well.
      'switch_mode',
      'update_todo_list',
    ],
    // Without one of these two its first answer could not end: it takes no answer without a tool.
    asks: ['ask_followup_question', 'attempt_completion'],
    changes: [
      'write_to_file',
      'apply_diff',
      'apply_patch',
      'edit',
      'edit_file',
      'edit_file_roo',
      'edit_file_anthropic',
      'edit_file_grok',
      'edit_file_gemini',
      'edit_file_codex',
      'insert_content',
      'search_and_replace',
      'search_replace',
      'generate_image',
      'execute_command',
      'browser_action',
      'use_mcp_tool',
      'custom_tool',
      'new_task',
    ],
  },
  'Zoo Code': {
    reads: ['fetch_web_content', 'invalid_tool_call'],
    asks: [],
    changes: [],
  },
  OpenCode: {
    reads: [
      'read',
      'glob',
      'grep',
      'list',
      'lsp',
      'skill',
      'webfetch',
      'websearch',
      'codesearch',
      'todoread',
      'todowrite',
      'invalid',
      '_noop',
    ],
    asks: ['question', 'plan_enter', 'plan_exit', 'StructuredOutput'],
    changes: [
      'edit',
      'write',
      'multiedit',
      'patch',
      'apply_patch',
      'bash',
      'shell',
      'batch',
      'execute',
      'task',
    ],
  },
  'Claude Code': {
    reads: [
      'Read',
      'Glob',
      'Grep',
      'LS',
      'LSP',
      'NotebookRead',
      'WebFetch',
      'WebSearch',
      'ListMcpResourcesTool',
      'ReadMcpResourceTool',
      'ToolSearch',
      'WaitForMcpServers',
      'BashOutput',
      'TaskOutput',
      'TaskCreate',
      'TaskGet',
      'TaskList',
      'TaskUpdate',
      'TodoRead',
      'TodoWrite',
      'CronList',
    ],
    asks: ['AskUserQuestion', 'EnterPlanMode', 'ExitPlanMode', 'StructuredOutput'],
    changes: [
      'Edit',
      'MultiEdit',
      'Write',
      'NotebookEdit',
      'Artifact',
      'Bash',
      'PowerShell',
      'REPL',
      'Monitor',
      'KillBash',
      'KillShell',
      'TaskStop',
      // A skill's file may have commands that run when it is loaded.
      'Skill',
      'SlashCommand',
      'Agent',
      'Task',
      'SendMessage',
      'Workflow',
      'CronCreate',
      'CronDelete',
      'ScheduleWakeup',
      'RemoteTrigger',
      'EnterWorktree',
      'ExitWorktree',
    ],
  },
  'Anthropic’s client tools': {
    reads: [],
    asks: [],
    changes: ['str_replace_based_edit_tool', 'str_replace_editor'],
  },
};

/** By exact name: `Read` and `read` are two tools of two clients. */
export const KNOWN_TOOLS: ReadonlyMap<string, ToolEffect> = new Map(
  Object.values(CLIENT_TOOLS).flatMap((byEffect) =>
    (Object.keys(byEffect) as ToolEffect[]).flatMap((effect) =>
      byEffect[effect].map((name): [string, ToolEffect] => [name, effect]),
    ),
  ),
);
