/** Every insight: what it is, by which rule, and what to do about it. The rules are said with the numbers that compute them. */
import {
  BUDGET_DAYS,
  DAYS_OF_HOURS,
  DEARER,
  FULL_SHARE,
  IDLE_DAYS,
  LEAST_PEOPLE,
  NEW_WEEKS,
  SMALL_INPUT,
  SMALL_OUTPUT,
  TIGHT_FACTOR,
  TIGHT_WINDOWS,
  UNUSED_FACTOR,
  UNUSED_SHARE,
} from './rules';

export interface InsightDefinition {
  readonly id: string;
  readonly name: string;
  /** What it says, in a sentence. */
  readonly definition: string;
  /** How it is computed, from the ledger's metadata alone. */
  readonly rule: string;
  /** Of its first figure. */
  readonly unit: 'tokens' | 'share' | 'hour' | 'keys' | 'budgets' | 'teams';
  /** What to do about it. */
  readonly advice: string;
  /** Whether it is one of the five indicators of prompt quality. */
  readonly isIndicator: boolean;
}

const whole = (value: number): string => new Intl.NumberFormat('en-US').format(value);
const percent = (share: number): string => `${Math.round(share * 100)} %`;

export const INSIGHTS = [
  {
    id: 'tokens_per_task',
    name: 'Tokens per task',
    definition: 'How much is read and written for one task.',
    rule: 'A task is a session: all calls of one key that name the same conversation. It counts on the day of its first call, once a call of it was answered. Tokens are all that its calls read, wrote and had cached. Calls whose client names no session are in no task.',
    unit: 'tokens',
    advice:
      'Where it rises, write more specific prompts: name the files, give an example, say what must not change.',
    isIndicator: true,
  },
  {
    id: 'retry_rate',
    name: 'Retry rate',
    definition: 'How many calls of tasks had to be made again.',
    rule: 'Failed calls (status 400 and above) of tasks that were answered in the end, by all calls of these tasks.',
    unit: 'share',
    advice:
      'Give more context upfront. Where limits or providers fail, see which errors it were on the page Spend.',
    isIndicator: true,
  },
  {
    id: 'model_match',
    name: 'Model match',
    definition: 'How many calls went to a model of their size, and what small calls to dear models cost.',
    rule: `A call was too small for its model when it was answered, read fewer than ${whole(SMALL_INPUT)} tokens (cached ones counted), wrote fewer than ${whole(SMALL_OUTPUT)}, and the document has a model that costs at most 1/${DEARER} for what is read and for what is written; of those, the cheapest. Prices are those of each model's first deployment. Whether tools were offered is not kept; with their descriptions a call is seldom that small. The rest of the answered calls match.`,
    unit: 'share',
    advice:
      'Tell people which model is for what: the small one for simple questions and boilerplate, the dearest for novel problems.',
    isIndicator: true,
  },
  {
    id: 'error_rate',
    name: 'Error rate',
    definition: 'How many calls failed.',
    rule: 'Calls with a status of 400 and above, by all calls that were let through.',
    unit: 'share',
    advice:
      'Look at the errors on the page Spend: what clients send wrong, improve the prompts or the client; what providers refuse, look at the provider.',
    isIndicator: true,
  },
  {
    id: 'budget_utilization',
    name: 'Budget utilization',
    definition: 'Which budgets are too tight, and which are hardly used.',
    rule: `Looked at are budgets of keys, people and templates over their windows that are over and lie within the last ${BUDGET_DAYS} days, those with a call. Too tight: at least ${percent(FULL_SHARE)} was spent in ${percent(TIGHT_WINDOWS)} of them or more; suggested is ${TIGHT_FACTOR} times the budget. Hardly used: less than ${percent(UNUSED_SHARE)} in each; suggested is ${UNUSED_FACTOR} times the dearest one. Suggestions are rounded up to two digits.`,
    unit: 'budgets',
    advice: 'Raise what is too tight before people wait, and lower what is hardly used.',
    isIndicator: true,
  },
  {
    id: 'cache_hit_rate',
    name: 'Cache hit rate',
    definition: 'How much of what was read came out of a cache, and what that saved.',
    rule: 'Tokens read out of a cache, by all tokens read. Saved: those tokens at the price of input less the price of cached input, less what writing to the cache cost above the price of input, by the prices of the document in force (writes that live an hour count as the short ones). Calls of models that are not in the document save nothing here.',
    unit: 'share',
    advice:
      'Keep what does not change at the beginning of a conversation, and go on in one conversation within minutes.',
    isIndicator: false,
  },
  {
    id: 'peak_hours',
    name: 'Peak hours',
    definition: 'When calls are made.',
    rule: `Calls by the hour of the day in which they ended, on the clocks of the policy's time zone, over at most the last ${DAYS_OF_HOURS} days of the time that is looked at.`,
    unit: 'hour',
    advice:
      'Size gateway, limits at the provider and rate limits for the busiest hour; put what can wait outside of it.',
    isIndicator: false,
  },
  {
    id: 'idle_keys',
    name: 'Idle keys',
    definition: 'Which keys nobody uses.',
    rule: `Keys that could be used (not revoked, expired or blocked, and their person not suspended), and that were given out before the last ${IDLE_DAYS} days, in which no call was made with them.`,
    unit: 'keys',
    advice: 'Ask whose they are, and revoke them.',
    isIndicator: false,
  },
  {
    id: 'new_people',
    name: 'New and experienced people',
    definition: 'Whether people learn to use it.',
    rule: `A task is a new person's when it began less than ${NEW_WEEKS} weeks after the first key of that person was given out. Each of the two groups shows where ${LEAST_PEOPLE} people or more made a call while they were in it.`,
    unit: 'tokens',
    advice: 'Where new people need far more, pair them with experienced ones and show them good prompts.',
    isIndicator: false,
  },
  {
    id: 'teams',
    name: 'Team comparison',
    definition: 'How teams differ, without their names.',
    rule: `A team is a template. Teams are letters, in an order that says nothing. One with fewer than ${LEAST_PEOPLE} people who made a call is not shown, nor is the smallest of the others where the hidden ones together are fewer than ${LEAST_PEOPLE}, so that nobody can be worked out.`,
    unit: 'teams',
    advice: 'Ask the teams that need fewer tokens or retries how they do it, and pass it on.',
    isIndicator: false,
  },
] as const satisfies readonly InsightDefinition[];

export type InsightId = (typeof INSIGHTS)[number]['id'];
