import { isExpression, isPresent, shown, type Block } from './block';
import { cronFault } from './cron';
import type { Rule } from './rule';
import { leastBytes } from './text-size';

const about = 'resource coder_script';

/** Linux takes no longer argument, its closing zero included, and the agent hands the script over as one. */
const LONGEST_ARGUMENT = 131_072;

/** A schedule may name its time zone first. */
const withoutZone = (cron: string): string => cron.trim().replace(/^(CRON_)?TZ=\S+\s+/, '');

/** Whether an argument asks for a run; nothing when an expression decides. */
function runs(script: Block, argument: string): boolean | undefined {
  const value = script.get(argument);
  if (isExpression(value)) return undefined;
  return argument === 'cron' ? isPresent(value) && value !== '' : value === true || value === 'true';
}

/** Checked at a workspace build, or never: a push takes all of it. */
export const SCRIPT_RULES: readonly Rule[] = [
  {
    id: 'script/runs',
    about,
    check: (script) =>
      ['run_on_start', 'run_on_stop', 'cron'].every((argument) => runs(script, argument) === false)
        ? 'run_on_start, run_on_stop or cron must be set, got none of them: the build would fail'
        : undefined,
  },
  {
    id: 'script/blocks-login',
    about,
    check: (script) =>
      runs(script, 'start_blocks_login') === true && runs(script, 'run_on_start') === false
        ? `start_blocks_login needs run_on_start = true, got ${shown(script.get('run_on_start'))}: the build would fail`
        : undefined,
  },
  {
    id: 'script/cron-fields',
    about,
    check: (script) => {
      const cron = script.text('cron');
      if (cron === undefined || cron === '' || cron.startsWith('@')) return undefined;
      const count = withoutZone(cron).split(/\s+/).length;
      return count === 6
        ? undefined
        : `cron must have 6 fields, got ${count} in ${shown(cron)}: the first one is for seconds, as in "0 */5 * * * *"`;
    },
  },
  {
    id: 'script/cron-values',
    about,
    check: (script) => {
      const cron = withoutZone(script.text('cron') ?? '');
      const fault = cron.split(/\s+/).length === 6 ? cronFault(cron, 'seconds') : undefined;
      return fault && `cron must be a schedule, got ${shown(cron)}: ${fault}`;
    },
  },
  {
    id: 'script/blocks-login-timeout',
    about,
    check: (script) =>
      runs(script, 'start_blocks_login') === true && !isPresent(script.get('timeout'))
        ? 'timeout must be given with start_blocks_login = true, got none: a script that hangs would lock people out'
        : undefined,
  },
  {
    id: 'script/timeout',
    about,
    check: (script) => {
      const timeout = script.get('timeout');
      return typeof timeout === 'number' && timeout < 1
        ? `timeout must be 1 or more, got ${timeout}: leave it out for none`
        : undefined;
    },
  },
  {
    id: 'script/size',
    about: [about, 'resource coder_agent'],
    check: (block, stack) =>
      ['script', 'startup_script', 'shutdown_script'].flatMap((argument) => {
        const value = block.get(argument);
        const bytes = typeof value === 'string' ? leastBytes(value, stack) : 0;
        return bytes < LONGEST_ARGUMENT
          ? []
          : `${argument} must be below ${LONGEST_ARGUMENT} bytes, got ${bytes} or more: ` +
              'the agent hands it to the shell as one argument and Linux takes no longer one, ' +
              'put the rest into files of the image';
      }),
  },
];
