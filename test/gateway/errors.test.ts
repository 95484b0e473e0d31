import { ERRORS, GatewayError, renderErrorBody, type ErrorCode } from '../../gateway/errors';

const CODES = Object.keys(ERRORS) as ErrorCode[];
const ID = 'request-1';

/** What clients try again by themselves; see docs/errors.md. */
const RETRIED = (status: number) => [408, 409, 429].includes(status) || status >= 500;

/** Roo Code cuts the conversation when a 400 says one of these. */
const OVERFLOW = /context length|context window|maximum context|tokens exceed|too many tokens/i;

/** With one of these a sentence tells somebody to do something. */
const ADVICE =
  /\b(ask|call|change|choose|give|log in|log out|make|push|restart|revoke|run|see|send|set|sets|start|take|try|use|wait|administrator|needs)\b/i;

const body = (code: ErrorCode, dialect: 'openai' | 'anthropic') =>
  JSON.parse(renderErrorBody(new GatewayError(code), dialect, ID)) as unknown;

describe.each(CODES)('%s', (code) => {
  const { status, type, param, message, headers } = ERRORS[code];

  test('has the shape of OpenAI’s errors', () => {
    expect(body(code, 'openai')).toEqual({
      error: { message, type, param: param ?? null, code: String(status) },
    });
    expect(type).toMatch(/^[a-z][a-z_]+$/);
  });

  test('has the shape of Anthropic’s errors', () => {
    expect(body(code, 'anthropic')).toEqual({
      type: 'error',
      error: { type: expect.stringMatching(/^[a-z][a-z_]+$/) as unknown, message },
      request_id: ID,
    });
  });

  test('has a status of an error, which it keeps', () => {
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(600);
    const error = new GatewayError(code);
    expect(error).toMatchObject({ code, status, type, message, param: param ?? null });
    expect(error.headers).toEqual(headers ?? {});
  });

  test('says what is wrong in a sentence, and what to do', () => {
    expect(message).toMatch(/^[A-Z`].{20,}[.…]$|^budget_id is required/);
    expect(message).toMatch(ADVICE);
    expect(message).not.toMatch(OVERFLOW);
    expect(message).not.toMatch(/undefined|\[object|null/);
  });

  test('asks clients to try again only where that may help', () => {
    const { 'retry-after': wait, 'x-should-retry': should } = (headers ?? {}) as Record<
      string,
      string | undefined
    >;
    if (wait !== undefined) {
      expect(Number(wait)).toBeGreaterThan(0);
      expect(Number(wait)).toBeLessThanOrEqual(60);
      expect(RETRIED(status)).toBe(true);
      // But for the one that stops a loop: who asked may ask again, the library on its own may not.
      if (code !== 'answer_interrupted') expect(should).not.toBe('false');
    }
    if (should !== undefined) expect(['true', 'false']).toContain(should);
    if (should === 'true') expect(RETRIED(status)).toBe(true);
    if (status === 402) expect(should).toBe('false');
  });
});

test('Anthropic’s types are Anthropic’s, but for the one word that people look for', () => {
  const types = CODES.map((code) => {
    const { error } = body(code, 'anthropic') as { error: { type: string } };
    return error.type;
  });
  expect([...new Set(types)].sort()).toEqual([
    'api_error',
    'authentication_error',
    'budget_exceeded',
    'invalid_request_error',
    'not_found_error',
    'overloaded_error',
    'permission_error',
    'rate_limit_error',
    'request_too_large',
    'timeout_error',
  ]);
});

test('a place that refuses adds to the table and takes nothing away', () => {
  const error = new GatewayError('budget_exceeded', {
    message: 'Spent.',
    param: 'x',
    status: 429,
    headers: { 'retry-after': '9' },
  });
  expect(error).toMatchObject({ status: 429, type: 'budget_exceeded', message: 'Spent.', param: 'x' });
  expect(error.headers).toEqual({ 'x-should-retry': 'false', 'retry-after': '9' });
  expect(JSON.parse(renderErrorBody(error, 'openai', ID))).toMatchObject({ error: { code: '429' } });
  expect(JSON.parse(renderErrorBody(error, 'anthropic', ID))).toMatchObject({
    error: { type: 'budget_exceeded' },
  });
});
