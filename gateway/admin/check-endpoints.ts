/** Whether the gateway is as it should be: the account, and what is put in front of every call. */
import { isLevel, LEVELS } from '../../src/levels';
import { checkAccounts } from './account-check';
import { endpoint } from './endpoint';
import { answer, count, flag, freeObject, input, listOf, number, orNull, string } from './json-schema';

export const verify = endpoint({
  method: 'GET',
  paths: ['/spend/verify'],
  tag: 'spend',
  summary: 'Makes every sum of the ledger again from its rows and says what differs.',
  role: 'viewer',
  input: input({}),
  answer: answer({
    ok: flag,
    checks: listOf(answer({ name: string, looked_at: count, findings: count })),
    findings: listOf(answer({ check: string, about: string, expected: string, found: string })),
    estimated: answer({ calls: count, spend: number }),
    reservations: answer({ open: count, reserved: number, oldest: orNull(string) }),
  }),
  handle: ({ services }) => checkAccounts(services.database),
});

/** LiteLLM lists its Python hooks here; scripts look for the one that enforces. */
const ENFORCEMENT_HOOK = 'enforcement_hook.proxy_handler_instance';

export const callbacks = endpoint({
  method: 'GET',
  paths: ['/get/config/callbacks'],
  tag: 'models',
  summary: "Whether the enforcement prompts are in force, under the name that LiteLLM's hook had.",
  role: 'viewer',
  input: input({}),
  answer: answer({ callbacks: listOf(answer({ name: string })), levels: freeObject }),
  handle({ services: { prompts } }) {
    const levels = Object.fromEntries(
      LEVELS.filter(isLevel).map((level) => [
        level,
        level === 'unrestricted' || prompts.textOf(level) !== undefined
          ? 'in force'
          : 'prompt missing: refused',
      ]),
    );
    return Promise.resolve({ callbacks: [{ name: ENFORCEMENT_HOOK, type: 'built in' }], levels });
  },
});

/** LiteLLM's answer to a key that asks after itself; nothing here is logged by callbacks. */
export const HEALTHY = { key: 'healthy', logging_callbacks: null };

export const keyHealth = endpoint({
  method: 'POST',
  paths: ['/key/health'],
  tag: 'keys',
  summary: 'Whether the key that asks works. A key of a person or workspace asks on the data listener.',
  role: 'viewer',
  input: input({}),
  answer: answer({ key: string, logging_callbacks: orNull(freeObject) }),
  handle: () => Promise.resolve(HEALTHY),
});
