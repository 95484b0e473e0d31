/** One thing an administrator can ask for: its paths, who may, what goes in, what comes out. */
import type { Principal, Role } from './admin-keys';
import { GatewayError, type ErrorCode } from '../errors';
import { sendJson, type Exchange } from '../http/exchange';
import type { Services } from '../services';
import { isMissingReference, type Statements } from '../store/database';
import { noteAction } from './audit-trail';
import { fitWindows, ROUNDED } from './budget-duration';
import type { JsonSchema } from './json-schema';
import { refuseViewer } from './principal';
import { readInput } from './read-input';

export type Method = 'GET' | 'POST';

export interface AdminCall<Input> {
  readonly services: Services;
  readonly exchange: Exchange;
  readonly admin: Principal;
  readonly input: Input;
}

export interface Endpoint<Input = never> {
  /** What can be asked for by GET is taken by POST as well: `curl -d` sends nothing else. */
  readonly method: Method;
  /** `{name}` stands for one part of a path; it becomes the field of that name. */
  readonly paths: readonly string[];
  readonly tag: string;
  readonly summary: string;
  /** Least role that may ask. */
  readonly role: Role;
  readonly input: JsonSchema;
  readonly answer: JsonSchema;
  /** Headers that an answer may have. */
  readonly headers?: Readonly<Record<string, JsonSchema>>;
  /** Refusals of its own. */
  readonly errors?: readonly ErrorCode[];
  /** What it resolves to is the answer, unless one has been sent by then. */
  readonly handle: (call: AdminCall<Input>) => Promise<unknown>;
}

/** Keeps the type of the input with the function that reads it; the schema has seen to it that it is true. */
export const endpoint = <Input>(definition: Endpoint<Input>): Endpoint<never> => definition;

export const methodsOf = ({ method }: Pick<Endpoint, 'method'>): readonly Method[] =>
  method === 'GET' ? ['GET', 'POST'] : ['POST'];

export async function serve(
  definition: Endpoint,
  services: Services,
  exchange: Exchange,
  admin: Principal,
  fromPath: Readonly<Record<string, string>>,
): Promise<void> {
  if (definition.role === 'admin') refuseViewer(admin);
  const caller = `admin/${admin.name}`;
  const input = await readInput(services, exchange, caller, definition.input, fromPath);
  const result = await perform(definition, { services, exchange, admin, input });
  if (!exchange.response.headersSent) sendJson(exchange, 200, JSON.stringify(result));
}

/** Does what is asked for with an input that keeps to the schema. Throws `role_insufficient`, and what it throws. */
export async function perform(definition: Endpoint, call: AdminCall<unknown>): Promise<unknown> {
  if (definition.role === 'admin') refuseViewer(call.admin);
  const rounded = fitWindows(call.input as never);
  if (rounded.length > 0) call.exchange.response.setHeader(ROUNDED, rounded.join(', '));
  return definition.handle(call as AdminCall<never>);
}

export interface Change {
  readonly action: string;
  readonly target: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

export interface Transaction extends Statements {
  /** Notes the change in the audit trail; it stands or falls with the transaction. */
  note(change: Change): Promise<void>;
}

/** A change by an administrator. It holds for this process at once, for others after a second. */
export async function change<T>(
  { services, exchange, admin }: AdminCall<unknown>,
  work: (transaction: Transaction) => Promise<T>,
): Promise<T> {
  const transaction = services.database.transaction((statements) =>
    work({
      run: (name, text, values) => statements.run(name, text, values),
      note: (entry) =>
        noteAction(statements, {
          before: null,
          after: null,
          ...entry,
          actor: admin.name,
          requestId: exchange.id,
        }),
    }),
  );
  const result = await transaction.catch((fault: unknown) => {
    throw isMissingReference(fault, 'budget_id') ? new GatewayError('budget_not_found') : fault;
  });
  services.keys.forget();
  services.refusals.forget();
  services.refusedReads.forget();
  return result;
}
