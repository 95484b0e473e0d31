/** The form of the answer that an OpenAI client asks for: a schema the model follows by itself, or a tool made of it. */
import type { ModelDocument } from '../../config/document';
import type { AnswerFormat, ModelRequest, ToolChoice, ToolDefinition } from '../../model/request';
import { cleanSchema } from './clean-schema';

export interface FittedFormat {
  readonly tools: readonly ToolDefinition[];
  readonly toolChoice: ToolChoice | undefined;
  /** For `output_config.format`. */
  readonly format?: Readonly<Record<string, unknown>>;
  /** The tool whose call is the answer. */
  readonly answerTool?: string;
}

const ANSWER_TOOL = 'json_tool_call';

export function fitFormat(request: ModelRequest, model: ModelDocument): FittedFormat {
  const { answerFormat, tools, toolChoice } = request;
  if (answerFormat === undefined) return { tools, toolChoice };
  if (answerFormat.type === 'json_schema' && model.structured_outputs === true)
    return { tools, toolChoice, format: { type: 'json_schema', schema: cleanSchema(answerFormat.schema) } };
  // Whoever forces a tool gets its input and no other answer.
  if (toolChoice?.type === 'tool') return { tools, toolChoice };
  const name = freeName(tools);
  // Tools of a history that may not be called any more are no choice.
  const isAlone = tools.length === 0 || toolChoice?.type === 'none';
  return {
    tools: [...tools, answerToolOf(name, answerFormat)],
    toolChoice: isAlone
      ? { type: 'tool', name, disable_parallel_tool_use: true }
      : { type: 'any', disable_parallel_tool_use: true },
    answerTool: name,
  };
}

function freeName(tools: readonly ToolDefinition[]): string {
  const taken = new Set(tools.map((tool) => tool.name));
  let name = ANSWER_TOOL;
  while (taken.has(name)) name += '_';
  return name;
}

function answerToolOf(name: string, format: AnswerFormat): ToolDefinition {
  const about = format.type === 'json_schema' ? format.description : undefined;
  return {
    name,
    description: ['Gives the answer to the user. Its input is the whole answer.', about]
      .filter((part) => part !== undefined)
      .join(' '),
    input_schema:
      format.type === 'json_schema'
        ? { ...format.schema, type: 'object' }
        : { type: 'object', additionalProperties: true },
  };
}
