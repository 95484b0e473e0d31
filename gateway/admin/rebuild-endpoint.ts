/** Making the sums that follow calls again from the calls. */
import { GatewayError } from '../errors';
import { goneOf } from '../http/gone';
import { JsonLines } from '../http/json-lines';
import { change, endpoint } from './endpoint';
import { answer, count, input } from './json-schema';

export const rebuild = endpoint({
  method: 'POST',
  paths: ['/spend/verify/rebuild'],
  tag: 'spend',
  summary:
    'Makes the sums that follow calls again from the calls, in small steps beside them; pages stay exact meanwhile. Days whose calls have become daily sums stay as they are. With accept: application/x-ndjson it says line by line how far it is, as /spend/verify does. Whoever breaks it off leaves nothing half done, and may ask again.',
  role: 'admin',
  input: input({}),
  answer: answer({
    days: { ...count, description: 'That were made again.' },
    hours: { ...count, description: 'That were made again.' },
    kept_days: { ...count, description: 'Whose calls are gone.' },
    changed_rows: { ...count, description: 'Of the sums, that were not as the calls have it.' },
  }),
  errors: ['too_many_reports'],
  async handle(call) {
    const { services, exchange } = call;
    const note = (after?: unknown) =>
      change(call, (transaction) =>
        transaction.note({ action: 'spend/verify/rebuild', target: 'sums', after }),
      );
    const lines = /\bapplication\/x-ndjson\b/i.test(exchange.request.headers.accept ?? '')
      ? new JsonLines(exchange)
      : undefined;
    await note({ begun: true });
    try {
      const made = await services.rebuildSums({
        signal: goneOf(exchange),
        onProgress: (progress) => lines?.write({ progress }),
      });
      const found = {
        days: made.days,
        hours: made.hours,
        kept_days: made.keptDays,
        changed_rows: made.changed,
      };
      await note(found);
      lines?.end({ result: found });
      return found;
    } catch (fault) {
      if (!lines?.hasBegun || !(fault instanceof GatewayError)) throw fault;
      const { message, type, param, status } = fault;
      lines.end({ error: { message, type, param, code: `${status}` } });
      return undefined;
    }
  },
});
