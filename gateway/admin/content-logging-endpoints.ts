/** Content logging: for whom it is on, and switching it. */
import {
  readSwitches,
  switchOff,
  switchOn,
  WHOLE_GATEWAY,
  type ContentSwitch,
} from '../content/content-switches';
import type { Services } from '../services';
import { change, endpoint } from './endpoint';
import { answer, count, duration, flag, input, listOf, orNull, string, text, time } from './json-schema';
import { expiryOf, invalid } from './terms-input';

const SWITCH = answer({
  place: { ...string, description: 'The whole gateway ("gateway"), or a team: "template/…", "group/…".' },
  until: { ...orNull(time), description: 'When it is off again; null: not before it is switched off.' },
  keep_days: { ...count, description: 'Days after which the content is to be deleted in Langfuse.' },
  set_by: string,
  set_at: time,
});

const STANDING = {
  possible: { ...flag, description: 'Whether the process that answers has a Langfuse to send it to.' },
  on: listOf(SWITCH),
  /** Seconds after which every process has what is set. */
  in_force_within: count,
} as const;

/** What Langfuse is to keep it for where nobody says how long. */
const DEFAULT_KEEP_DAYS = 30;
const MOST_KEEP_DAYS = 3_650;

const view = (each: ContentSwitch | undefined) =>
  each && {
    place: each.place,
    until: each.until?.toISOString() ?? null,
    keep_days: each.keepDays,
    set_by: each.setBy,
    set_at: each.setAt.toISOString(),
  };

const standing = ({ contentLogging: { isPossible, switches } }: Services) => ({
  possible: isPossible,
  on: switches.on.map(view),
  in_force_within: Math.ceil(switches.withinMs / 1_000),
});

export const show = endpoint({
  method: 'GET',
  paths: ['/content-logging'],
  tag: 'content logging',
  summary: 'For whom what is said goes to Langfuse, and until when.',
  role: 'viewer',
  input: input({}),
  answer: answer(STANDING),
  async handle({ services }) {
    await services.contentLogging.switches.refresh();
    return standing(services);
  },
});

interface Wish {
  readonly on: boolean;
  readonly team?: string;
  readonly duration?: string;
  readonly until?: string;
  readonly keep_days?: number;
}

export const set = endpoint<Wish>({
  method: 'POST',
  paths: ['/content-logging/set'],
  tag: 'content logging',
  summary:
    'Switches on or off that what is said goes to Langfuse, masked: for the whole gateway, or for one team. A key is logged as long as any of its switches is on.',
  role: 'admin',
  input: input(
    {
      on: flag,
      team: text('"template/<name>" or "group/<name>", as the policy has them. @default the whole gateway'),
      duration: { ...duration, description: 'How long it is on: "12h", "7d".' },
      until: { ...time, description: 'When it is off again; not beside duration.' },
      keep_days: { type: 'integer', minimum: 1, maximum: MOST_KEEP_DAYS },
    },
    ['on'],
  ),
  answer: answer(STANDING),
  async handle(call) {
    const { services, admin } = call;
    const { on, team } = call.input;
    const place = team ?? WHOLE_GATEWAY;
    const after = on ? switchOf(services, place, call.input, admin.name) : undefined;
    await change(call, async (transaction) => {
      const before = (await readSwitches(transaction)).find((each) => each.place === place);
      if (after === undefined) await switchOff(transaction, place);
      else await switchOn(transaction, after);
      await transaction.note({
        action: 'content-logging/set',
        target: place,
        before: view(before) ?? null,
        after: view(after) ?? null,
      });
    });
    await services.contentLogging.switches.refresh();
    return standing(services);
  },
});

/** Throws `request_invalid` where it could not be on. */
function switchOf(services: Services, place: string, wish: Wish, setBy: string): ContentSwitch {
  if (!services.contentLogging.isPossible)
    throw invalid(
      'on',
      'Content logging cannot be switched on: what is said goes to Langfuse only, and this gateway has none. Set LANGFUSE_HOST, LANGFUSE_PUBLIC_KEY and LANGFUSE_SECRET_KEY for it, without OTEL_SDK_DISABLED, and start it anew.',
    );
  if (wish.team !== undefined) refuseUnknown(services, wish.team);
  return {
    place,
    until: endOf(services, wish),
    keepDays: wish.keep_days ?? DEFAULT_KEEP_DAYS,
    setBy,
    setAt: services.now(),
  };
}

const MOST_NAMED = 20;

function refuseUnknown({ documents }: Services, team: string): void {
  const { templates, groups } = documents.current.document.teams;
  const names = [
    ...Object.keys(templates).map((name) => `template/${name}`),
    ...Object.keys(groups).map((name) => `group/${name}`),
  ];
  if (names.includes(team)) return;
  const listed = names.slice(0, MOST_NAMED).join(', ');
  const more = names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} more` : '';
  throw invalid(
    'team',
    `team must be one that the policy has a budget for: ${names.length === 0 ? 'it has none, so leave team out for the whole gateway' : `${listed}${more}`}.`,
  );
}

function endOf({ now }: Services, { duration: life, until }: Wish): Date | null {
  if (life !== undefined && until !== undefined)
    throw invalid('until', 'until and duration say the same: name one of them.');
  if (life !== undefined) return expiryOf(life, now());
  if (until === undefined) return null;
  const end = new Date(until);
  if (!(end > now())) throw invalid('until', 'until must be a time in the future, as 2026-12-31T12:00:00Z.');
  return end;
}
