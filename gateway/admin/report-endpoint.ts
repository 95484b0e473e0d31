/** Endpoints that report on spend: what they read is of one moment, in connections and a time of their own. */
import { GatewayError } from '../errors';
import type { Exchange } from '../http/exchange';
import { goneOf } from '../http/gone';
import { Spool } from '../http/spool';
import type { ReportReader } from '../store/report-store';
import { endpoint, type AdminCall, type Endpoint } from './endpoint';
import { JsonPieces } from './json-pieces';
import type { JsonSchema } from './json-schema';

interface ReportDefinition<Input> extends Pick<
  Endpoint,
  'method' | 'paths' | 'summary' | 'input' | 'answer'
> {
  /** Whether its list may be cut, which headers say then. */
  readonly isCut?: boolean;
  /** An answer, or the pieces of one. */
  readonly read: (call: AdminCall<Input>, reader: ReportReader) => Promise<unknown>;
}

/** Bytes of an answer: that of twenty thousand keys and a month by day has forty million. */
const MOST_BYTES = 256 * 1024 * 1024;

export const report = <Input>({ read, isCut = false, ...definition }: ReportDefinition<Input>) =>
  endpoint<Input>({
    ...definition,
    tag: 'spend',
    role: 'viewer',
    errors: ['report_too_slow', 'report_too_large', 'too_many_reports'],
    ...(isCut ? { headers: CUT_HEADERS } : {}),
    async handle(call) {
      const { services, exchange, admin } = call;
      const spool = new Spool(MOST_BYTES, () => new GatewayError('report_too_large'));
      try {
        return await services.reports.read(
          admin.name,
          goneOf(exchange),
          async (reader) => {
            const found = await read(call, reader);
            if (!(found instanceof JsonPieces)) return found;
            for await (const piece of found.pieces) await spool.add(piece);
            return spool;
          },
          async (found) => {
            if (found instanceof Spool) await found.send(exchange, services.limits.slowReaderMs);
          },
        );
      } finally {
        await spool.close();
      }
    },
  });

/** Lists of LiteLLM's shapes have no place to say it in. */
export const CUT_HEADERS: Readonly<Record<string, JsonSchema>> = {
  'x-gateway-truncated': { type: 'string', description: 'true: there are more rows than this list has.' },
  'x-gateway-rows': {
    type: 'string',
    description: 'How many there are in all; ">100000" where that is not known.',
  },
  link: { type: 'string', description: 'Where the list goes on: <…>; rel="next".' },
};

export interface Cut {
  /** How many rows there are, as a number or as ">" and one that is surely exceeded. */
  readonly rows: string;
  /** Where the rest is asked for. @default the path of the request, with all that it says */
  readonly path?: string;
  /** What the request for the rest says. */
  readonly next: Readonly<Record<string, string | number>>;
}

/** Marks the answer as a list that has not all rows. */
export function markCut({ request, response }: Exchange, { rows, path, next }: Cut): void {
  const [own = '', query = ''] = (request.url ?? '').split('?', 2);
  const words = new URLSearchParams(path === undefined ? query : '');
  for (const [name, value] of Object.entries(next)) words.set(name, String(value));
  response.setHeader('x-gateway-truncated', 'true');
  response.setHeader('x-gateway-rows', rows);
  response.setHeader('link', `<${path ?? own}?${words.toString()}>; rel="next"`);
}
