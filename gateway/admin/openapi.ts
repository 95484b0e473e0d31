/** The admin API as an OpenAPI document, rendered from the endpoints themselves. */
import { ERRORS, type ErrorCode } from '../errors';
import { ENDPOINTS } from './catalogue';
import { methodsOf, type Endpoint, type Method } from './endpoint';
import { answer, orNull, string, type JsonSchema } from './json-schema';

/** What the admin listener serves that is no endpoint of its own: method, path, summary, answer. */
export interface PlainRoute {
  readonly method: Method;
  readonly path: string;
  readonly summary: string;
  readonly isOpen: boolean;
  readonly statuses: readonly number[];
  readonly answer: JsonSchema;
  /** @default 'application/json' */
  readonly mediaType?: string;
}

const errorSchema = answer({
  error: answer({ message: string, type: string, param: orNull(string), code: string }),
});

const COMMON: readonly ErrorCode[] = ['request_invalid', 'master_key_required', 'store_unavailable'];

export function renderOpenApi(plain: readonly PlainRoute[], url: string): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of plain)
    (paths[route.path] ??= {})[route.method.toLowerCase()] = {
      summary: route.summary,
      tags: ['state'],
      ...(route.isOpen ? { security: [] } : {}),
      responses: Object.fromEntries(
        route.statuses.map((status) => [status, content('The answer.', route.answer, route.mediaType)]),
      ),
    };
  for (const endpoint of ENDPOINTS)
    for (const path of endpoint.paths)
      for (const method of methodsOf(endpoint))
        (paths[path] ??= {})[method.toLowerCase()] = operation(endpoint, method, path);
  return {
    openapi: '3.1.0',
    info: {
      title: 'AI gateway: administration',
      version: '1',
      description:
        "Keys, people, budgets and spend. Paths and names are LiteLLM's where it has one for the same thing. Bodies are JSON, whatever the request's content type says.",
    },
    servers: [{ url }],
    security: [{ key: [] }],
    paths,
    components: {
      securitySchemes: {
        key: { type: 'http', scheme: 'bearer', description: 'The master key, or an admin key.' },
      },
      schemas: { Error: errorSchema },
    },
  };
}

function operation(endpoint: Endpoint, method: Method, path: string): Record<string, unknown> {
  const inPath = pathFields(path);
  const { properties = {}, required = [] } = endpoint.input;
  const rest = Object.entries(properties).filter(([name]) => !inPath.includes(name));
  const parameters = [
    ...inPath.map((name) => ({ name, in: 'path', required: true, schema: properties[name] ?? string })),
    ...(method === 'GET'
      ? rest.map(([name, schema]) => ({ name, in: 'query', required: required.includes(name), schema }))
      : []),
  ];
  const body = {
    ...endpoint.input,
    properties: Object.fromEntries(rest),
    required: required.filter((name) => !inPath.includes(name)),
  };
  const codes: readonly ErrorCode[] = [
    ...COMMON,
    ...(endpoint.role === 'admin' ? (['role_insufficient'] as const) : []),
    ...(endpoint.errors ?? []),
  ];
  return {
    summary: endpoint.summary,
    tags: [endpoint.tag],
    'x-role': endpoint.role,
    parameters,
    ...(method === 'POST' ? { requestBody: { content: { 'application/json': { schema: body } } } } : {}),
    responses: {
      200: { ...content('The answer.', endpoint.answer), ...headersOf(endpoint) },
      ...refusals(codes),
      default: content('Any other refusal.', { $ref: '#/components/schemas/Error' }),
    },
  };
}

function headersOf({ headers }: Pick<Endpoint, 'headers'>): Record<string, unknown> {
  if (headers === undefined) return {};
  const named = Object.entries(headers).map(([name, { description, ...schema }]) => [
    name,
    { description, schema },
  ]);
  return { headers: Object.fromEntries(named) as Record<string, unknown> };
}

/** Of one status there may be several. */
function refusals(codes: readonly ErrorCode[]): Record<string, unknown> {
  const messages = new Map<number, string[]>();
  for (const code of codes) {
    const { status, message } = ERRORS[code];
    messages.set(status, [...(messages.get(status) ?? []), message]);
  }
  return Object.fromEntries(
    [...messages].map(([status, of]) => [
      status,
      content(of.join(' '), { $ref: '#/components/schemas/Error' }),
    ]),
  );
}

export const pathFields = (path: string): string[] =>
  [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);

const content = (
  description: string,
  schema: JsonSchema | { readonly $ref: string },
  mediaType = 'application/json',
): Record<string, unknown> => ({
  description,
  content: { [mediaType]: { schema } },
});
