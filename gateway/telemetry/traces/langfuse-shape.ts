/** A call as Langfuse 4 wants to hear of it: a generation with its usage and cost. What was said only comes along masked, where content logging is on. */
import type { Attributes } from '@opentelemetry/api';
import { toDollars } from '../../ledger/money';
import type { MaskedContent } from '../../content/masked-content';
import { cut } from '../../model/cut';
import type { Usage } from '../../model/usage';
import type { EndedCall } from '../ended-call';
import { LANGFUSE, LANGFUSE_USAGE, operationOf } from './names';
import { LONGEST_TEXT } from './otlp-shape';
import { failureOf, known, type Clock, type SpanShape } from './spans';

export interface LangfuseLabels {
  readonly environment: string | undefined;
  readonly release: string | undefined;
}

const LONGEST_TAG = 64;

export function langfuseShape(labels: LangfuseLabels): SpanShape {
  /** Langfuse takes them from any span of a trace, and filters by those of each. */
  const ofTrace = ({ key, level, session }: EndedCall, said?: MaskedContent) => ({
    [LANGFUSE.user]: key?.ownerName,
    // What its client takes for one conversation; else all that goes on in one workspace.
    [LANGFUSE.session]: session?.id ?? key?.workspaceId,
    [LANGFUSE.tags]: tagsOf({
      template: key?.templateName,
      level,
      scope: key?.scope,
      'content-keep-days': said && String(said.keepDays),
    }),
    [LANGFUSE.environment]: labels.environment,
    [LANGFUSE.release]: labels.release,
  });
  return {
    call(call, clock, said) {
      const { key, model, usage, cost, maxTokens, answerId, session } = call;
      const operation = operationOf(call);
      const name = model === undefined ? operation : `${operation} ${model}`;
      const failure = failureOf(call);
      return {
        name,
        attributes: known({
          ...ofTrace(call, said),
          [LANGFUSE.input]: said?.input,
          [LANGFUSE.output]: said?.output,
          ...(said && metadataOf(said)),
          [LANGFUSE.traceName]: name,
          [LANGFUSE.type]: 'generation',
          [LANGFUSE.model]: model,
          [LANGFUSE.modelParameters]: JSON.stringify({ max_tokens: maxTokens, stream: call.streamed }),
          [LANGFUSE.usage]: usage && JSON.stringify(usageDetails(usage)),
          [LANGFUSE.cost]: cost === undefined ? undefined : JSON.stringify({ total: toDollars(cost) }),
          [LANGFUSE.completionStart]: firstTokenTime(call, clock),
          [LANGFUSE.level]: failure === undefined ? (call.isEstimated ? 'WARNING' : 'DEFAULT') : 'ERROR',
          [LANGFUSE.statusMessage]: failure ?? (call.isEstimated ? 'cost estimated' : undefined),
          [LANGFUSE.metadata('request_id')]: call.requestId,
          [LANGFUSE.metadata('status')]: call.status,
          [LANGFUSE.metadata('provider')]: call.provider,
          [LANGFUSE.metadata('deployment')]: call.deployment,
          [LANGFUSE.metadata('attempts')]: call.attempts.length,
          [LANGFUSE.metadata('client')]: call.client,
          [LANGFUSE.metadata('protocol')]: call.protocol,
          [LANGFUSE.metadata('answer_id')]: answerId && cut(answerId, LONGEST_TEXT),
          [LANGFUSE.metadata('agent')]: session?.agent,
          [LANGFUSE.metadata('workspace_id')]: key?.workspaceId,
          [LANGFUSE.metadata('workspace_name')]: key?.workspaceName && cut(key.workspaceName, LONGEST_TEXT),
        }),
      };
    },
    attempt({ provider, deployment, error }, call) {
      return {
        name: `ask ${provider} ${deployment}`,
        attributes: known({
          ...ofTrace(call),
          [LANGFUSE.type]: 'span',
          [LANGFUSE.level]: error === undefined ? 'DEFAULT' : 'ERROR',
          [LANGFUSE.statusMessage]: error?.code,
        }),
      };
    },
  };
}

/** That it is there, how long it may be, and what is missing from it. */
const metadataOf = ({ keepDays, masked, leftOut, isCut }: MaskedContent): Attributes => ({
  [LANGFUSE.metadata('content')]: 'masked',
  [LANGFUSE.metadata('content_keep_days')]: keepDays,
  [LANGFUSE.metadata('content_cut')]: isCut,
  [LANGFUSE.metadata('content_left_out')]: leftOut,
  [LANGFUSE.metadata('content_masked')]: JSON.stringify(Object.fromEntries(masked)),
});

const tagsOf = (tags: Readonly<Record<string, string | null | undefined>>): string[] =>
  Object.entries(tags).flatMap(([name, value]) =>
    value === undefined || value === null ? [] : [cut(`${name}:${value}`, LONGEST_TAG)],
  );

/** As JSON, as Langfuse reads it. */
const firstTokenTime = ({ startedAt, firstTokenMs }: EndedCall, clock: Clock): string | undefined =>
  firstTokenMs === undefined
    ? undefined
    : JSON.stringify(new Date(clock + startedAt + firstTokenMs).toISOString());

function usageDetails({ input, output, cacheWrite, cacheRead, cacheWriteHour }: Usage): object {
  const written =
    cacheWriteHour === undefined
      ? { [LANGFUSE_USAGE.cacheWrite]: cacheWrite }
      : {
          [LANGFUSE_USAGE.cacheWriteFiveMinutes]: cacheWrite - cacheWriteHour,
          [LANGFUSE_USAGE.cacheWriteHour]: cacheWriteHour,
        };
  return {
    [LANGFUSE_USAGE.input]: input,
    [LANGFUSE_USAGE.output]: output,
    [LANGFUSE_USAGE.cacheRead]: cacheRead,
    ...written,
    [LANGFUSE_USAGE.total]: input + output + cacheWrite + cacheRead,
  };
}
