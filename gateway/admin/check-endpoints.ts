/** Whether the gateway is as it should be: the account, and what is put in front of every call. */
import { isLevel, LEVELS } from '../../src/levels';
import { ledgerWrong } from '../alerts/ledger-wrong';
import { GatewayError } from '../errors';
import { goneOf } from '../http/gone';
import { JsonLines } from '../http/json-lines';
import { checkAccounts } from './account-check';
import { endpoint } from './endpoint';
import { answer, count, flag, freeObject, input, listOf, number, orNull, string } from './json-schema';

export const verify = endpoint({
  method: 'GET',
  paths: ['/spend/verify'],
  tag: 'spend',
  summary:
    'Makes every sum of the ledger again from its rows, piece by piece, and says what differs. With accept: application/x-ndjson it says line by line how far it is, and ends with a line that has the answer under "result", or "error".',
  role: 'viewer',
  input: input({}),
  answer: answer({
    ok: flag,
    checks: listOf(answer({ name: string, looked_at: count, findings: count })),
    findings: listOf(answer({ check: string, about: string, expected: string, found: string })),
    estimated: answer({ calls: count, spend: number }),
    reservations: answer({ open: count, reserved: number, oldest: orNull(string) }),
  }),
  errors: ['report_too_slow', 'too_many_reports'],
  async handle({ services, exchange, admin }) {
    const lines = /\bapplication\/x-ndjson\b/i.test(exchange.request.headers.accept ?? '')
      ? new JsonLines(exchange)
      : undefined;
    try {
      const found = await services.reports.verify(admin.name, goneOf(exchange), (statements) =>
        checkAccounts(statements, (progress) => lines?.write({ progress })),
      );
      if (!found.ok) services.alerts.note(ledgerWrong(found.findings, services.now()));
      lines?.end({ result: found });
      return found;
    } catch (fault) {
      const error = asOwnLimit(fault);
      if (!lines?.hasBegun || !(error instanceof GatewayError)) throw error;
      lines.end({
        error: { message: error.message, type: error.type, param: error.param, code: `${error.status}` },
      });
      return undefined;
    }
  },
});

/** The time is the same as that of a report, but what to do about it is not. */
function asOwnLimit(fault: unknown): unknown {
  if (!(fault instanceof GatewayError) || fault.code !== 'report_too_slow') return fault;
  return new GatewayError('report_too_slow', {
    message:
      'The check of the ledger was ended: one of its pieces took longer than GATEWAY_REPORT_TIMEOUT_SECONDS allows. The store answers, but slowly: try again when it has less to do, or allow more.',
    cause: fault,
  });
}

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
