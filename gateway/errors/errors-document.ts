/** The table of refusals as a page for people: docs/errors.md. */
import { anthropicTypeOf, ERRORS, type ErrorCode } from '../errors';
import { UNOFFERED_ADMINISTRATION, UNOFFERED_CALLS, type Unoffered } from './unoffered';
import { ADMINISTRATION_ERRORS } from './administration-errors';
import { CALLER_ERRORS } from './caller-errors';
import { CLAIM_ERRORS } from './claim-errors';
import { GATEWAY_STATE_ERRORS } from './gateway-state-errors';
import { HTTP_ERRORS } from './http-errors';
import { PERMISSION_ERRORS } from './permission-errors';
import { PROVIDER_ERRORS } from './provider-errors';
import { REQUEST_ERRORS } from './request-errors';

const PARTS: readonly (readonly [string, object])[] = [
  ['What is no request', HTTP_ERRORS],
  ['The request', REQUEST_ERRORS],
  ['The key', CALLER_ERRORS],
  ['Permission, budget and limits', PERMISSION_ERRORS],
  ['The provider', PROVIDER_ERRORS],
  ['The gateway’s own state', GATEWAY_STATE_ERRORS],
  ['Workspace claims', CLAIM_ERRORS],
  ['Administration and self-service', ADMINISTRATION_ERRORS],
];

const code = (text: string): string => `\`${text}\``;

/** What stands in angle brackets is shown, and is no tag. */
const prose = (text: string): string => text.replaceAll('<', '&lt;');

const row = (cells: readonly string[]): string =>
  `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;

function describe(name: ErrorCode): string {
  const { status, type, param, headers = {}, message } = ERRORS[name];
  return row([
    code(name),
    String(status),
    code(type) + (param === undefined ? '' : ` / ${code(param)}`),
    code(anthropicTypeOf(name)),
    Object.entries(headers)
      .map(([header, value]) => code(`${header}: ${value}`))
      .join(', '),
    prose(message),
  ]);
}

const part = ([title, errors]: (typeof PARTS)[number]): string =>
  [
    `## ${title}`,
    '',
    row([
      'code',
      'status',
      'type / param',
      'Anthropic’s type',
      'headers',
      'message, where the place that refuses has none better',
    ]),
    row(Array<string>(6).fill('---')),
    ...(Object.keys(errors) as ErrorCode[]).map(describe),
  ].join('\n');

const unoffered = ({ paths, what, instead }: Unoffered): string =>
  row([paths.map((path) => code(`/${path}`)).join(', '), prose(what), prose(instead)]);

export function errorsDocument(): string {
  return `# Errors

Every refusal of the gateway, made from \`gateway/errors/\`; \`UPDATE_SNAPSHOT=1 npm test -- errors-document\` makes this page
anew.

On OpenAI’s paths the body is \`{"error":{"message","type","param","code"}}\` with the status as a string for \`code\`, as
LiteLLM has it; on Anthropic’s (\`/v1/messages…\`) it is \`{"type":"error","error":{"type","message"},"request_id"}\`. An
error after the first content of a stream is an event with the same body, after which the stream ends without
\`[DONE]\` or \`message_stop\`. Every answer, also one to what is no HTTP, names its request in \`x-request-id\`,
\`request-id\` and \`x-litellm-call-id\`. The log has that id with the code below, and the ledger has it for each call that
was let through to a provider.

Of a provider’s words only those about the request are passed on, without keys, addresses and accounts. That the
provider refused the gateway’s own key is never the client’s 401.

## Statuses by what clients do with them

Clients try 408, 409, 429 and 5xx again and stop at other 4xx; so what no retry mends is 400, 401, 402 or 403. OpenAI’s and
Anthropic’s own libraries obey \`x-should-retry\`, the AI SDK (OpenCode) does not.

**Texts of final errors.** OpenCode takes any error for passing whose message or body holds 429, 500, 502, 503, 504 or 524, or
words such as "rate limit" or "try again in", and Roo Code shortens a conversation at words such as "context length". So what
no retry mends (a 4xx but 408, 409 and 429, and a budget's 429) is written without them: our own sentences hold none, ids of requests are
drawn without such digits, and where an amount, a date, a name or a provider’s word brings some, a narrow space (U+202F) parts them:
"$5 00.00". The log has the text without it. \`gateway/errors/passing-texts.ts\` lists what each client looks for. A provider’s word that a
conversation is too long stays as it is, since clients act on it.

**A key that has ended** (expired, replaced, revoked, blocked, its workspace stopped, its owner suspended) is told in one line what helps for a
key of its kind: a workspace’s (reload the window, restart or update the workspace), a person’s own (ask for a new one in the
same way), or one that an administrator gave out (ask an administrator).

**A budget that calls under way hold** is a 429 (\`budget_held\`) after a wait of up to \`GATEWAY_BUDGET_WAIT_SECONDS\`: it passes when
some of them end.

**An exhausted budget** is 402 with \`x-should-retry: false\`; \`GATEWAY_BUDGET_STATUS\` makes it 429, 422 or 400, with the same type
and header. What clients do then:

${[
  row(['', '402', '429', '422', '400']),
  row(['---', '---', '---', '---', '---']),
  row([
    'openai, @anthropic-ai/sdk',
    'stop, show the message',
    'stop because of the header; older ones try twice more',
    'stop, show the message',
    'stop, show the message',
  ]),
  row([
    'OpenCode 1.18, AI SDK',
    'stop, show the message',
    'try up to five times more, up to 16 s apart, then show it',
    'stop, show the message',
    'stop, show the message',
  ]),
  row([
    'Roo Code, Zoo Code',
    'show the message; with auto-approval on, try again after 5, 10, 20 … 600 s',
    'the same, as a rate limit',
    'the same, as a provider error',
    'the same, as a provider error',
  ]),
  row([
    'scripts made for LiteLLM',
    'see `budget_exceeded` in the body, not the status they know',
    'see what LiteLLM sent from 1.83 on',
    'see what LiteLLM sends since 1.104',
    'see what LiteLLM sent up to 1.82',
  ]),
].join('\n')}

${PARTS.map(part).join('\n\n')}

## What is not offered

Paths of OpenAI’s, Anthropic’s and LiteLLM’s at which there is nothing here are refused by name (\`not_offered\`), on either
listener. A path that is one of ours with something before it (\`/v1/v1/…\`, \`/anthropic/…\`) is refused with the base URL
that is right (\`route_misplaced\`).

${[row(['paths', 'what', 'instead']), row(['---', '---', '---']), ...[...UNOFFERED_CALLS, ...UNOFFERED_ADMINISTRATION].map(unoffered)].join('\n')}
`;
}
