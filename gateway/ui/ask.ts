/** What pages show and do, they ask of the admin API's own functions: the same rules, the same trail. */
import { perform, type Endpoint } from '../admin/endpoint';
import { readForm } from '../admin/read-input';
import type { View } from './page';

/**
 * @param words as a form or a query has them; those that are empty say nothing
 * @throws GatewayError with the field it is about
 */
export async function ask<Answer>(
  { services, exchange, session }: View,
  definition: Endpoint,
  words: URLSearchParams | Readonly<Record<string, string | number | undefined>>,
): Promise<Answer> {
  const given = words instanceof URLSearchParams ? [...words] : Object.entries(words);
  const said = given.flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [[name, String(value)]],
  );
  const input = readForm(new URLSearchParams(said), definition.input);
  return (await perform(definition, { services, exchange, admin: session, input })) as Answer;
}
