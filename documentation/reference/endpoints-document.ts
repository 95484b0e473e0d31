/** All endpoints of both listeners as a page, from the tables by which they are served. */
import { ENDPOINTS } from '../../gateway/admin/catalogue';
import type { Endpoint } from '../../gateway/admin/endpoint';
import type { JsonSchema } from '../../gateway/admin/json-schema';
import { DATA_ROUTES } from '../../gateway/routes';
import { blocks, code, page, table } from '../markdown';

function typeOf(schema: JsonSchema): string {
  if (schema.enum) return schema.enum.map((value) => code(String(value))).join(', ');
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(' or ');
  const types = [schema.type ?? 'any'].flat();
  const words = types.map((type) => (type === 'array' ? `list of ${typeOf(schema.items ?? {})}` : type));
  return `${words.join(' or ')}${boundsOf(schema)}`;
}

function boundsOf({ minimum, maximum, maxLength, maxItems }: JsonSchema): string {
  const bounds = [
    minimum === undefined ? '' : `from ${minimum}`,
    maximum === undefined ? '' : `to ${maximum}`,
    maxLength === undefined ? '' : `at most ${maxLength} characters`,
    maxItems === undefined ? '' : `at most ${maxItems} entries`,
  ].filter((bound) => bound !== '');
  return bounds.length === 0 ? '' : `, ${bounds.join(' ')}`;
}

const fieldRows = ({ properties = {}, required = [] }: JsonSchema): string[][] =>
  Object.entries(properties).map(([name, schema]) => [
    code(name),
    typeOf(schema),
    [required.includes(name) ? 'Required.' : '', schema.description ?? ''].join(' '),
  ]);

function section(endpoint: Endpoint): string {
  const [path = '', ...others] = endpoint.paths;
  const rows = fieldRows(endpoint.input);
  const answered = Object.keys(endpoint.answer.properties ?? {});
  return blocks(
    `### ${endpoint.method} ${path}`,
    `${endpoint.summary} For the role ${code(endpoint.role)}${endpoint.role === 'viewer' ? ' and above' : ''}.${
      others.length === 0 ? '' : ` Also at ${others.map(code).join(', ')}.`
    }`,
    rows.length === 0 ? '' : table(['field', 'type', 'meaning'], rows),
    answered.length === 0 ? '' : `Answers with ${answered.map(code).join(', ')}.`,
    endpoint.errors === undefined || endpoint.errors.length === 0
      ? ''
      : `Refuses with ${endpoint.errors.map((error) => code(error)).join(', ')}: [errors](../errors.md).`,
  );
}

const tags = [...new Set(ENDPOINTS.map(({ tag }) => tag))];

export function endpointsDocument(): string {
  return page(
    'Endpoints',
    '`gateway/routes.ts` and `gateway/admin/catalogue.ts`',
    'What each call becomes, and what it costs: [the gateway](../gateway.md). Every refusal: [errors](../errors.md). Lengths and depths: [limits](../limits.md).',
    '## Data listener',
    'For workspaces and everybody with a key, sent as `Authorization: Bearer …` or `x-api-key`. A path that ends with `*` stands for one more part.',
    table(
      ['endpoint', 'what it does'],
      DATA_ROUTES.map(({ method, paths, summary }) => [
        paths.map((path) => code(`${method} ${path}`)).join(', '),
        summary,
      ]),
    ),
    '## Admin listener',
    'For the master key and admin keys. `GET /openapi.json` there is the same as OpenAPI 3.1, with every answer. What can be asked for by GET is taken by POST as well. `{name}` in a path is the field of that name.',
    ...tags.flatMap((tag) => [
      `## ${tag.charAt(0).toUpperCase()}${tag.slice(1)}`,
      ...ENDPOINTS.filter((endpoint) => endpoint.tag === tag).map(section),
    ]),
  );
}
