/** Reads the form that the answer is to have. */
import type { AnswerFormat } from '../../model/request';
import { invalid, isAbsent, object, optionalFlag, optionalText, text, type Fields } from '../fields';
import { checkSchema } from '../schema-limits';

export function readAnswerFormat(value: unknown): AnswerFormat | undefined {
  if (isAbsent(value)) return undefined;
  const format = object('response_format', value);
  switch (format['type']) {
    case 'text':
      return undefined;
    case 'json_object':
      return { type: 'json_object' };
    case 'json_schema':
      return readSchema(format['json_schema']);
    default:
      throw invalid('response_format.type', '"text", "json_object" or "json_schema"', format['type']);
  }
}

function readSchema(value: unknown): AnswerFormat {
  const param = 'response_format.json_schema';
  const definition = object(param, value);
  const description = optionalText(`${param}.description`, definition['description']);
  const { strict } = definition;
  return {
    type: 'json_schema',
    name: text(`${param}.name`, definition['name'], 'formatName'),
    ...(description ? { description } : {}),
    schema: checkedSchema(`${param}.schema`, definition['schema']),
    ...(isAbsent(strict) ? {} : { strict: optionalFlag(`${param}.strict`, strict) }),
  };
}

function checkedSchema(param: string, value: unknown): Fields {
  const schema = object(param, value);
  checkSchema(param, schema);
  return schema;
}
