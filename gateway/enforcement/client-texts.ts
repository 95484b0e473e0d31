/**
 * What assistants write by themselves in the person's name, and at times in the model's: none of it is anybody's word.
 *
 * As of: Roo Code 3.52.1 and Zoo Code 3.80.0 (`src/core/prompts/responses.ts`, `src/core/task/Task.ts`,
 * `src/core/environment` and `src/core/condense` of either), OpenCode 1.18.33 and Claude Code 2.1.330 (the texts in their
 * programs). Older forms of theirs stay, for old clients.
 */

export interface ClientTexts {
  readonly clients: readonly string[];
  /** In this version the texts were read. */
  readonly version: string;
  /** Elements that the client puts around what it adds: all between `<name …>` and `</name>` is its own. */
  readonly elements?: readonly string[];
  /** Elements around what the person wrote, without attributes: the marks are the client's, what is between them is not. */
  readonly aroundWords?: readonly string[];
  readonly notices?: readonly Notice[];
  /** Before what the person wrote while the model was at work; the client passes it on inside an element of its own. */
  readonly carriers?: readonly string[];
  /** Beginnings of results of tools that ask: no answer of the person's, but a call that failed. */
  readonly failedQuestions?: readonly string[];
  /** Where in such a result the person's own words begin. */
  readonly wordsOfFailed?: readonly string[];
  /** Whether old versions told what a tool gave as text of the turn, behind `[name of the tool …] Result:`. */
  readonly resultsAsText?: true;
  /** Beginnings of what stands for an answer that the model never gave. */
  readonly answers?: readonly string[];
}

export interface Notice {
  readonly begins: string;
  /** Its last words. Without them it goes on to the end of its text. */
  readonly ends?: string;
  /** `turn`: all text behind it in the same turn is the client's as well. */
  readonly covers?: 'turn';
  /** The answer to it is for the client itself, and never put before the person. */
  readonly isForClient?: true;
}

export const CLIENT_TEXTS: readonly ClientTexts[] = [
  {
    clients: ['Roo Code', 'Zoo Code'],
    version: '3.52.1, 3.80.0',
    elements: ['environment_details', 'system-reminder', 'error_details'],
    aroundWords: ['task', 'feedback', 'user_message', 'answer'],
    notices: [
      {
        begins: '[ERROR] You did not use a tool in your previous response!',
        ends: '(This is an automated message, so do not respond to it conversationally.)',
      },
      { begins: '[TASK RESUMPTION]' },
      { begins: "Missing value for required parameter '" },
      { begins: 'Context condensation triggered. Tool execution deferred.' },
      { begins: '## Conversation Summary' },
      { begins: 'The tool execution failed' },
      { begins: 'The user denied this operation.' },
    ],
    failedQuestions: [
      "Missing value for required parameter '",
      'Context condensation triggered. Tool execution deferred.',
      'The tool execution failed',
      'Skipping tool ',
      'Tool [',
      'Tool execution was interrupted',
      'Tool result missing',
    ],
    resultsAsText: true,
    answers: ['Failure: I did not provide a response.'],
  },
  {
    clients: ['OpenCode'],
    version: '1.18.33',
    elements: [
      'system-reminder',
      'system-update',
      'conversation',
      'conversation-checkpoint',
      'prior-summary',
      'task_result',
      // With attributes: what a task in the background gave.
      'task',
    ],
    carriers: ['The user sent the following message:'],
    notices: [
      { begins: 'What did we do so far?', ends: '?', isForClient: true },
      { begins: 'Create a new anchored summary from the conversation history', isForClient: true },
      { begins: 'Update the anchored summary below', isForClient: true },
      { begins: 'Summarize what was done in this conversation.', isForClient: true },
      { begins: 'Generate a title for this conversation:', isForClient: true },
      { begins: "The previous request exceeded the provider's size limit due to large media attachments." },
      {
        begins: 'Continue if you have next steps, or stop and ask for clarification',
        ends: 'if you are unsure how to proceed.',
      },
      { begins: 'Summarize the task tool output above and continue with your task.' },
      { begins: 'The following tool was executed by the user' },
      { begins: 'Attached media from tool result:' },
      { begins: 'Attached image(s) from tool result:' },
      { begins: 'Called the Read tool with the following input:', covers: 'turn' },
      { begins: 'Read tool failed to read ' },
      { begins: 'Reading MCP resource: ', covers: 'turn' },
      { begins: 'Failed to read MCP resource ' },
      { begins: '[Binary MCP resource omitted: ' },
      { begins: 'Background task completed: ' },
      { begins: 'Background task failed: ' },
    ],
    failedQuestions: [
      'Tool execution aborted',
      'Structured output captured successfully',
      'The user dismissed this question',
      'The user rejected permission to use this specific tool call',
      '[Tool execution was interrupted]',
    ],
    wordsOfFailed: ['with the following feedback: '],
    answers: ['CRITICAL - MAXIMUM STEPS REACHED'],
  },
  {
    clients: ['Claude Code'],
    version: '2.1.330',
    elements: [
      'system-reminder',
      'system_reminder',
      'local-command-caveat',
      'local-command-stdout',
      'local-command-stderr',
      'command-name',
      'command-message',
      'command-args',
      'command-contents',
      'bash-input',
      'bash-stdout',
      'bash-stderr',
      'bash-exit-code',
      'user-prompt-submit-hook',
      'post-tool-use-hook',
      'user-memory-input',
      'ide_selection',
      'ide_opened_file',
      'ide_diagnostics',
      'new-diagnostics',
      'task-notification',
      'mcp-resource-update',
      'mcp-polling-update',
      'cross-session-message',
      'teammate-message',
      'agent-message',
      'channel',
      'tick',
      'fork-boilerplate',
      'function_results',
      'tool_use_error',
      'sandbox_violations',
      'persisted-output',
      'total_tokens',
      'available-deferred-tools',
      'terminal',
      'browser',
      'browser_instruction',
    ],
    carriers: ['The user sent a new message while you were working:', 'The user sent the following message:'],
    notices: [
      { begins: '[Request interrupted', ends: ']' },
      { begins: '[This turn ended before it finished.]', ends: ']' },
      { begins: '[Agent call interrupted', ends: ']' },
      { begins: '[Tool call ', ends: ']' },
      { begins: '[Your previous response ', ends: ']' },
      { begins: 'This session is being continued from a previous conversation' },
      { begins: 'This session is being continued from another machine.' },
      { begins: "This session's worker process was restarted." },
      { begins: 'Continue from where you left off. This session moved' },
      { begins: 'Continue from where you left off. Note: this session' },
      // Claude Code sends this line by itself; a person who means it can say it in other words.
      { begins: 'Continue from where you left off.', ends: '.' },
      { begins: 'Your response was cut off because it exceeded the output token limit.' },
      { begins: 'Your response above was ' },
      { begins: 'Your tool call was malformed and could not be parsed.' },
      { begins: 'The previous response failed to produce a valid tool call.' },
      { begins: 'Output token limit hit' },
      { begins: 'The turn did not end:' },
      { begins: 'The PermissionDenied hook indicated' },
      { begins: 'Stop hook feedback' },
      { begins: 'Stop hook blocking error' },
      { begins: 'TaskCreated hook feedback' },
      { begins: 'TaskCompleted hook feedback' },
      { begins: 'Operation stopped by hook' },
      { begins: 'Caveat: The messages below were generated by the user while running local commands.' },
      { begins: 'Another Claude session sent a message' },
      { begins: 'A peer session sent a message' },
      { begins: '[SYSTEM NOTIFICATION - NOT USER INPUT]' },
      { begins: 'Base directory for this skill: ' },
      { begins: 'Tool loaded.' },
    ],
    failedQuestions: [
      "The user doesn't want to proceed with this tool use.",
      "The user doesn't want to take this action right now.",
      '[Request interrupted',
      '[Tool call ',
      '<tool_use_error>',
      'Structured output provided successfully',
      'Error: ',
    ],
    wordsOfFailed: ['To tell you how to proceed, the user said:'],
    answers: ['API Error', 'No response requested.', '(no content)', 'Prompt is too long'],
  },
];
