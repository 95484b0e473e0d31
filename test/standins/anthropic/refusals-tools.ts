/** Refusals that concern tools: their definitions, and the pairs of call and result in the history. */
import Ajv2020 from 'ajv/dist/2020';
import type { Block, Call, Message } from './call';
import { betasOf, extraField, isObject, messages, tools } from './call';
import { first, refuse } from './refusal';
import type { Refusal } from './refusal';

const ID = /^[a-zA-Z0-9_-]+$/;
const TOOL_NAME = /^[a-zA-Z0-9_-]{1,128}$/;
const PROPERTY_NAME = /^[a-zA-Z0-9_.-]{1,64}$/;
const TOOL_FIELDS = ['type', 'name', 'description', 'input_schema', 'cache_control'];
/** Field of a tool → the beta without which it is unknown. */
const BETA_TOOL_FIELDS: Readonly<Record<string, string>> = {
  strict: 'structured-outputs-2025-11-13',
  eager_input_streaming: 'fine-grained-tool-streaming-2025-05-14',
  input_examples: 'advanced-tool-use-2025-11-20',
  defer_loading: 'advanced-tool-use-2025-11-20',
  allowed_callers: 'advanced-tool-use-2025-11-20',
};
/** Tools that the provider or its client libraries define: named by type, without a schema. */
const DEFINED_TOOLS =
  /^(bash_20250124|text_editor_(20250124|20250429|20250728)|memory_20250818|web_search_20250305|web_fetch_20250910|code_execution_(20250522|20250825))$/;

const schemas = new Ajv2020({ strict: false, validateFormats: false });

const isCustom = ({ type }: Block): boolean => type === undefined || type === null || type === 'custom';
const uses = (message: Message): Block[] => message.blocks.filter(({ type }) => type === 'tool_use');
const results = (message: Message): Block[] => message.blocks.filter(({ type }) => type === 'tool_result');

function schemaFault({ path, fields }: Block): string | undefined {
  const schema = fields['input_schema'];
  const at = `${path}.custom.input_schema`;
  if (!isObject(schema)) return `${at}: Field required`;
  if (schema['type'] !== 'object') return `${at}.type: Input should be 'object'`;
  const combined = ['oneOf', 'allOf', 'anyOf'].find((word) => word in schema);
  if (combined !== undefined) return `${at}: ${combined} is not supported at the top level`;
  const names = isObject(schema['properties']) ? Object.keys(schema['properties']) : [];
  // Only at the top: those of inner objects are not looked at.
  if (!names.every((name) => PROPERTY_NAME.test(name)))
    return `${at}.properties: Property keys should match pattern '${PROPERTY_NAME.source}'`;
  return isSchema(schema) ? undefined : `${at}: invalid by JSON Schema draft 2020-12`;
}

/** Clients send the same few schemas with every call, and a look at one takes longer than all other rules. */
const looked = new Map<string, boolean>();
const MOST_LOOKED = 500;

function isSchema(schema: object): boolean {
  const text = JSON.stringify(schema);
  const known = looked.get(text);
  if (known !== undefined) return known;
  // A schema may name its own dialect; what counts is the one the API reads it as.
  const isValid = schemas.validateSchema({ ...schema, $schema: undefined }) === true;
  if (looked.size >= MOST_LOOKED) looked.clear();
  looked.set(text, isValid);
  return isValid;
}

function toolFault(call: Call): string | undefined {
  const value = call.body['tools'];
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) return 'tools: Input should be a valid list';
  const betas = betasOf(call);
  const unlocked = Object.keys(BETA_TOOL_FIELDS).filter((name) =>
    betas.includes(BETA_TOOL_FIELDS[name] as string),
  );
  return first(tools(call), (tool) => {
    const { path, fields, type } = tool;
    if (!isCustom(tool)) {
      const defined = typeof type === 'string' && DEFINED_TOOLS.test(type);
      return defined ? undefined : `${path}.type: unknown tool type ${JSON.stringify(type)}`;
    }
    if (typeof fields['name'] !== 'string' || !TOOL_NAME.test(fields['name'])) {
      return `${path}.custom.name: String should match pattern '${TOOL_NAME.source}'`;
    }
    if (fields['description'] !== undefined && typeof fields['description'] !== 'string') {
      return `${path}.custom.description: Input should be a valid string`;
    }
    const extra = extraField(fields, [...TOOL_FIELDS, ...unlocked]);
    return extra === undefined
      ? schemaFault(tool)
      : `${path}.custom.${extra}: Extra inputs are not permitted`;
  });
}

function choiceFault(call: Call): string | undefined {
  const choice = call.body['tool_choice'];
  if (choice === undefined) return undefined;
  if (!isObject(choice)) return 'tool_choice: Input should be an object';
  const fields: Readonly<Record<string, readonly string[]>> = {
    auto: ['type', 'disable_parallel_tool_use'],
    any: ['type', 'disable_parallel_tool_use'],
    tool: ['type', 'name', 'disable_parallel_tool_use'],
    none: ['type'],
  };
  const allowed = fields[String(choice['type'])];
  if (!allowed) return 'tool_choice.type: Input should be auto, any, tool or none';
  const at = `tool_choice.${String(choice['type'])}`;
  const extra = extraField(choice, allowed);
  if (extra !== undefined) return `${at}.${extra}: Extra inputs are not permitted`;
  const single = choice['disable_parallel_tool_use'];
  if (single !== undefined && typeof single !== 'boolean') {
    return `${at}.disable_parallel_tool_use: Input should be a valid boolean`;
  }
  const offered = tools(call).map(({ fields }) => fields['name']);
  if (offered.length === 0) return 'tool_choice: may only be given while providing tools';
  return choice['type'] === 'tool' && !offered.includes(choice['name'])
    ? `tool_choice.tool.name: ${JSON.stringify(choice['name'])} not found in provided tools`
    : undefined;
}

function useFault({ path, fields }: Block): string | undefined {
  const { id, name, input } = fields;
  if (typeof id !== 'string' || !ID.test(id))
    return `${path}.tool_use.id: String should match pattern '${ID.source}'`;
  if (typeof name !== 'string' || !/^[a-zA-Z0-9_-]{1,200}$/.test(name)) {
    return `${path}.tool_use.name: String should match pattern '^[a-zA-Z0-9_-]{1,200}$'`;
  }
  return isObject(input) ? undefined : `${path}.tool_use.input: Input should be an object`;
}

export const TOOL_REFUSALS: readonly Refusal[] = [
  refuse(
    'tool-definition',
    'A tool of unknown type, with a name outside `^[a-zA-Z0-9_-]{1,128}$`, an unknown field, or an `input_schema` that is no JSON Schema of type `object`, combines schemas at its top, or has a property there with a name outside `^[a-zA-Z0-9_.-]{1,64}$`.',
    toolFault,
  ),
  refuse('tool-name-twice', 'Two tools of one name.', (call) => {
    const names = tools(call).map(({ fields }) => fields['name']);
    const twice = names.findIndex((name, index) => name !== undefined && names.indexOf(name) !== index);
    return twice < 0 ? undefined : `tools.${twice}: Tool names must be unique`;
  }),
  refuse(
    'tool-choice',
    '`tool_choice` of unknown shape, without tools, or naming a tool that is not offered.',
    choiceFault,
  ),
  refuse(
    'tool-use',
    'A `tool_use` whose id is outside `^[a-zA-Z0-9_-]+$`, without a name, or whose input is no object.',
    (call) => first(messages(call).flatMap(uses), useFault),
  ),
  refuse('tool-use-id-twice', 'Two `tool_use` blocks of one id.', (call) => {
    const ids = messages(call).flatMap(uses);
    const twice = ids.find(
      ({ fields }, index) => ids.findIndex((other) => other.fields['id'] === fields['id']) !== index,
    );
    return twice && `${twice.path}.tool_use.id: ids must be unique (${String(twice.fields['id'])})`;
  }),
  refuse(
    'tool-result-missing',
    'A `tool_use` without its `tool_result` in the very next message, which must be the user’s.',
    (call) => {
      const all = messages(call);
      return first(all, (message) => {
        const next = all[all.indexOf(message) + 1];
        const answered =
          next?.role === 'user' ? results(next).map(({ fields }) => fields['tool_use_id']) : [];
        const open = uses(message).find(({ fields }) => !answered.includes(fields['id']));
        return (
          open && `${open.path}: tool_use ${String(open.fields['id'])} has no tool_result in the next message`
        );
      });
    },
  ),
  refuse(
    'tool-result-alone',
    'A `tool_result` without its `tool_use` in the message before, or a second one for the same use.',
    (call) => {
      const all = messages(call);
      return first(all, (message) => {
        const previous = all[all.indexOf(message) - 1];
        const asked = previous?.role === 'assistant' ? uses(previous).map(({ fields }) => fields['id']) : [];
        const seen = new Set<unknown>();
        return first(results(message), ({ path, fields }) => {
          const id = fields['tool_use_id'];
          if (!asked.includes(id))
            return `${path}: tool_result for ${String(id)} has no tool_use in the message before`;
          if (seen.has(id)) return `${path}: more than one tool_result for ${String(id)}`;
          seen.add(id);
          return undefined;
        });
      });
    },
  ),
  refuse(
    'tool-use-early',
    'A block of another kind behind a `tool_use` that has a `tool_result`.',
    (call) => {
      const answered = new Set(
        messages(call)
          .flatMap(results)
          .map(({ fields }) => fields['tool_use_id']),
      );
      return first(messages(call), ({ blocks }) => {
        const use = blocks.find(({ type, fields }) => type === 'tool_use' && answered.has(fields['id']));
        const behind = use && blocks.slice(blocks.indexOf(use)).find(({ type }) => type !== 'tool_use');
        return use && behind
          ? `${use.path}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${String(use.fields['id'])}`
          : undefined;
      });
    },
  ),
  refuse('tool-result-late', 'A `tool_result` after another kind of block in its message.', (call) =>
    first(messages(call), ({ blocks }) => {
      const other = blocks.findIndex(({ type }) => type !== 'tool_result');
      const late = other < 0 ? undefined : blocks.slice(other).find(({ type }) => type === 'tool_result');
      return late && `${late.path}: tool_result blocks must come first in the message`;
    }),
  ),
  refuse('tools-missing', 'Tool blocks in the history while no tools are given.', (call) =>
    tools(call).length === 0 &&
    messages(call).some((message) => uses(message).length + results(message).length > 0)
      ? 'tools: Field required when the conversation has tool_use or tool_result blocks'
      : undefined,
  ),
];
