/** Clocks: claims, keys, budgets and certificates all depend on them. */
import { fault, notChecked, ok, warning, type Check, type Found } from '../finding';

/** Seconds: claims of a workspace are refused beyond the second. */
const UNEVEN = 5;
const WRONG = 60;

export const CLOCKS: readonly Check[] = [
  {
    name: 'clocks',
    needs: ['gateway'],
    find: async (facts) => {
      const { state, answer } = await facts.state();
      const { store, coder } = state;
      // Made within the question, so that what it took is no difference.
      const difference = (Date.parse(state.at) - answer.at.getTime()) / 1_000;
      const ahead = Math.sign(difference) * Math.max(0, Math.abs(difference) - answer.tookMs / 2_000);
      return [
        judge("the gateway's", ahead, "this machine's"),
        judge("Postgres'", store.clock_ahead, "the gateway's"),
        ...(coder.url === null
          ? []
          : [
              coder.clock_ahead == null
                ? notChecked('Coder does not tell the gateway the time')
                : judge("Coder's", coder.clock_ahead, "the gateway's"),
            ]),
      ];
    },
  },
];

function judge(whose: string, ahead: number, than: string): Found {
  const seconds = Math.abs(ahead);
  if (seconds < UNEVEN) return ok(`${whose} clock agrees with ${than}`);
  const says = `${whose} clock is ${Math.round(seconds)} s ${ahead > 0 ? 'ahead of' : 'behind'} ${than}`;
  const whatToDo = 'set the one that is wrong (sudo timedatectl set-ntp true)';
  return seconds < WRONG ? warning(says, whatToDo) : fault(says, whatToDo);
}
