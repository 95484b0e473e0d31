/** Many keys changed in one request, each by itself: what fails for one holds none of the others up. */
import { GatewayError } from '../errors';
import { change, endpoint } from './endpoint';
import { answer, count, freeObject, input, listOf, orNull, string } from './json-schema';
import { updateKey, UPDATE_FIELDS, type UpdateInput } from './key-update';
import { keySchema } from './key-view';

/** LiteLLM's limit. */
const MOST_KEYS = 500;

const ITEM = input(
  {
    ...UPDATE_FIELDS,
    // Sent along by LiteLLM's clients. The team is the workspace's template, and there are no tags.
    team_id: { type: 'null' },
    tags: orNull({ type: 'array', maxItems: 0 }),
  },
  ['key'],
);

export const bulkUpdate = endpoint<{ readonly keys: readonly UpdateInput[] }>({
  method: 'POST',
  paths: ['/key/bulk_update'],
  tag: 'keys',
  summary: 'Changes many keys as /key/update does one, and says of each what came of it.',
  role: 'admin',
  input: input({ keys: { ...listOf(ITEM), minItems: 1, maxItems: MOST_KEYS } }, ['keys']),
  answer: answer({
    total_requested: count,
    successful_updates: listOf(answer({ key: string, key_info: keySchema })),
    failed_updates: listOf(answer({ key: string, key_info: orNull(freeObject), failed_reason: string })),
  }),
  async handle(call) {
    const { keys } = call.input;
    const successful: unknown[] = [];
    const failed: unknown[] = [];
    for (const wish of keys)
      try {
        const info = await change(call, (transaction) => updateKey(call, transaction, wish));
        // As it was sent, so that whoever sent it finds it again; who reads the answer has it already.
        successful.push({ key: wish.key, key_info: info });
      } catch (fault) {
        if (!(fault instanceof GatewayError)) throw fault;
        failed.push({ key: wish.key, key_info: null, failed_reason: fault.message });
      }
    return { total_requested: keys.length, successful_updates: successful, failed_updates: failed };
  },
});
