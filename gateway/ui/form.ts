/** Forms: read within bounds, sent by a page of ours, in a session's name, and carried out once. */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { GatewayError } from '../errors';
import type { Exchange } from '../http/exchange';
import { addressOf } from '../http/failed-credentials';
import { readShortBody } from '../http/incoming-body';
import type { Services } from '../services';
import type { Statements } from '../store/database';
import { Refusal } from './refusal';
import type { Session } from './session';
import { isFromOurPage } from './way-here';

/** Bytes: all fields of the longest form, with every model of a document. */
const LONGEST = 64 * 1024;
/** Bytes, of whoever is not signed in. */
const LONGEST_SIGN_IN = 4 * 1024;
/** 128 bits in base64url, and the name of the action. */
const TOKEN = /^[A-Za-z0-9_-]{22}[a-z-]{0,32}$/;
/** Fields of a form that are about the form itself. */
export const CSRF = 'csrf';
export const TOKEN_FIELD = 'form';

const foreign = (): Refusal =>
  new Refusal(
    403,
    'This did not come from a page of ours',
    'Nothing was done. Open the page again and send its form; if it stays so, the browser or a proxy leaves out where a request comes from.',
    { href: '/ui', label: 'Go to the overview' },
  );

/** What somebody who is not signed in sends. Throws a Refusal or a GatewayError. */
export function readStrangersForm(services: Services, exchange: Exchange): Promise<URLSearchParams> {
  if (!isFromOurPage(exchange)) throw foreign();
  return read(exchange, LONGEST_SIGN_IN, services.keylessBodies, `ui/${addressOf(exchange)}`);
}

/** What a session's form says. Throws a Refusal or a GatewayError. */
export async function readForm(
  services: Services,
  exchange: Exchange,
  session: Session,
): Promise<URLSearchParams> {
  if (!isFromOurPage(exchange)) throw foreign();
  const words = await read(exchange, LONGEST, services.bodies, `admin/${session.name}`);
  const given = Buffer.from(words.get(CSRF) ?? '');
  const wanted = Buffer.from(session.csrf);
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) throw foreign();
  words.delete(CSRF);
  return words;
}

async function read(
  exchange: Exchange,
  longest: number,
  room: Services['bodies'],
  caller: string,
): Promise<URLSearchParams> {
  const type = (exchange.request.headers['content-type'] ?? '').toLowerCase();
  if (!type.startsWith('application/x-www-form-urlencoded'))
    throw new GatewayError('request_invalid', {
      message: 'A form is sent as a form.',
      param: 'request_body',
    });
  const body = await readShortBody(exchange, longest, room, caller);
  return new URLSearchParams(body.toString('utf8'));
}

/** For the forms of one page as it is shown now; each adds the name of its action. */
export const newFormToken = (): string => randomBytes(16).toString('base64url');

/** The form was carried out before. */
export class FormUsed extends Refusal {
  constructor(readonly target: string | null) {
    super(
      409,
      'This form was sent before',
      'It was carried out the first time, and nothing was done now. Look at what came of it before you send another one.',
      { href: '/ui/keys', label: 'Go to the keys' },
    );
  }
}

type Check = (statements: Statements) => Promise<void>;

/** The services for one form: with the transaction of its work it is noted, or it had been before and nothing is done. */
export function onceFor(services: Services, session: Session, token: string | null, check: Check): Services {
  // bounded: `LONGEST`
  if (token === null || !TOKEN.test(token)) throw foreign();
  const { database, now } = services;
  return {
    ...services,
    database: {
      ...database,
      transaction: (work) =>
        database.transaction(async (statements) => {
          await note(statements, token, session, now());
          await check(statements);
          const result = await work(statements);
          const target = (result as { token?: unknown } | null | undefined)?.token;
          if (typeof target === 'string')
            await statements.run('ui-form-target', 'update ui_forms set target = $2 where token = $1', [
              token,
              target,
            ]);
          return result;
        }),
    },
  };
}

async function note(statements: Statements, token: string, session: Session, now: Date): Promise<void> {
  const rows = await statements.run(
    'ui-form-use',
    `insert into ui_forms (token, session_id, used_at) values ($1, $2, $3)
     on conflict (token) do nothing returning token`,
    [token, session.id, now],
  );
  if (rows.length > 0) return;
  const [before] = await statements.run<{ target: string | null }>(
    'ui-form-used',
    'select target from ui_forms where token = $1 and session_id = $2',
    [token, session.id],
  );
  throw new FormUsed(before?.target ?? null);
}
